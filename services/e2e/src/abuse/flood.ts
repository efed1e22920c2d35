import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { buildAccessRequest, SharedSecret } from "@portcullis/radius";
import { sleepMs } from "@portcullis/testkit";

const TICK_MS = 10;
const SOCKETS = 128;
/** Of each socket. A client that uses one again gives its older exchange up. */
const IDENTIFIERS = 256;

export interface FloodOptions {
  readonly port: number;
  readonly secret: string;
  /** Loopback addresses to send from; packets go round over all. */
  readonly addresses: readonly string[];
  readonly perSecond: number;
  /** What the packet with this number asks. */
  readonly request: (index: number) => { readonly userName: string; readonly password: string };
}

/** Packets at an even pace, whether anybody answers or not. */
export class Flood {
  sent = 0;
  replies = 0;
  readonly #options: FloodOptions;
  readonly #secret: SharedSecret;
  readonly #sockets: readonly Socket[];

  private constructor(options: FloodOptions, sockets: readonly Socket[]) {
    this.#options = options;
    this.#secret = new SharedSecret(options.secret);
    this.#sockets = sockets;
    for (const socket of sockets) socket.on("message", () => (this.replies += 1));
  }

  static async open(options: FloodOptions): Promise<Flood> {
    const addresses = Array.from(
      { length: SOCKETS },
      (_, at) => options.addresses[at % options.addresses.length] ?? "",
    );
    return new Flood(options, await Promise.all(addresses.map(openSocket)));
  }

  /** Sends for so long, or until `most` packets are sent. */
  async send(durationMs: number, most = Number.POSITIVE_INFINITY): Promise<void> {
    const startedAt = performance.now();
    const before = this.sent;
    for (let elapsed = 0; elapsed < durationMs; elapsed = performance.now() - startedAt) {
      const due = Math.min(most, Math.floor((elapsed * this.#options.perSecond) / 1_000));
      while (this.sent - before < due) this.#sendOne();
      if (due === most) return;
      await sleepMs(TICK_MS);
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  #sendOne(): void {
    const index = this.sent++;
    const identifier = Math.floor(index / this.#sockets.length) % IDENTIFIERS;
    const request = {
      ...this.#options.request(index),
      identifier,
      authenticator: randomBytes(16),
      secret: this.#secret,
    };
    const octets = buildAccessRequest(request);
    if (typeof octets === "string") throw new Error(octets);
    this.#sockets[index % this.#sockets.length]?.send(octets, this.#options.port, "127.0.0.1");
  }
}

async function openSocket(address: string): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  return socket;
}
