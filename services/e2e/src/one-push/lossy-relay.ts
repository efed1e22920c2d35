import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { SeededRandom } from "@portcullis/testkit";

export interface RelayOptions {
  /** Loopback address that the gateway sees: it says which client this is. */
  readonly address: string;
  /** UDP port of the gateway on 127.0.0.1. */
  readonly gatewayPort: number;
  readonly random: SeededRandom;
  /** Of every datagram, either way: how likely it is lost. */
  readonly loss: number;
  /** The longest that one is held back, so that they overtake each other. */
  readonly maxDelayMs: number;
}

/** A bad network between a NAS and a gateway: it loses datagrams, and lets them overtake each other. */
export class LossyRelay {
  readonly #options: RelayOptions;
  readonly #front = createSocket("udp4");
  /** One for each port of the NAS, so that replies find their way back. */
  readonly #backs = new Map<number, Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  private constructor(options: RelayOptions) {
    this.#options = options;
    this.#front.on("message", (datagram, { port }) => void this.#forward(datagram, port));
  }

  static async open(options: RelayOptions): Promise<LossyRelay> {
    const relay = new LossyRelay(options);
    relay.#front.bind(0, "127.0.0.1");
    await once(relay.#front, "listening");
    return relay;
  }

  /** Where the NAS sends to, on 127.0.0.1. */
  get port(): number {
    return this.#front.address().port;
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const back of this.#backs.values()) back.close();
    this.#front.close();
  }

  async #forward(datagram: Buffer, nasPort: number): Promise<void> {
    const back = await this.#backOf(nasPort);
    this.#pass(() => back.send(datagram, this.#options.gatewayPort, "127.0.0.1"));
  }

  async #backOf(nasPort: number): Promise<Socket> {
    const known = this.#backs.get(nasPort);
    if (known !== undefined) return known;
    const back = createSocket("udp4");
    this.#backs.set(nasPort, back);
    back.on("message", (datagram) => this.#pass(() => this.#front.send(datagram, nasPort, "127.0.0.1")));
    // A gateway that was killed refuses; the NAS asks again.
    back.on("error", () => undefined);
    back.bind(0, this.#options.address);
    await once(back, "listening");
    return back;
  }

  #pass(send: () => void): void {
    const { random, loss, maxDelayMs } = this.#options;
    if (random.chance(loss)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#closed) send();
    }, random.next() * maxDelayMs);
    this.#timers.add(timer);
  }
}
