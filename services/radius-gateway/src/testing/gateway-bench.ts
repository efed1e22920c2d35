import { systemClock } from "@portcullis/kit";
import { MemoryPendingStore, PLAIN_REPLY, passwordPlace, type Reply } from "@portcullis/login";
import type { ResultCode } from "@portcullis/proto";
import { type GatewayTestOptions, GatewayUnderTest, type Published, testKeys } from "./gateway-under-test.js";
import { UdpNas } from "./udp-nas.js";

export const ACCEPT: Reply = { ...PLAIN_REPLY, verdict: "accept", message: "welcome" };

/** What one test of the whole gateway needs, and its end. */
export class GatewayBench {
  readonly keys = testKeys();
  readonly store = new MemoryPendingStore(systemClock);
  readonly nas: UdpNas;
  readonly #opened: (() => Promise<void> | void)[] = [];

  private constructor(nas: UdpNas) {
    this.nas = nas;
    this.closeLater(() => nas.close());
    this.closeLater(() => this.store.close());
  }

  static async open(): Promise<GatewayBench> {
    return new GatewayBench(await UdpNas.open());
  }

  /** A gateway that knows the client `vpn` at 127.0.0.1; what stands behind it accepts everything at once. */
  async startGateway(options: Partial<GatewayTestOptions> = {}): Promise<GatewayUnderTest> {
    const { store, keys } = this;
    const gateway = await GatewayUnderTest.start({ store, keys, decide: () => ACCEPT, ...options });
    this.closeLater(() => gateway.stop());
    await gateway.setClient({ name: "vpn" });
    return gateway;
  }

  async openNas(address?: string): Promise<UdpNas> {
    const nas = await UdpNas.open(address);
    this.closeLater(() => nas.close());
    return nas;
  }

  closeLater(close: () => Promise<void> | void): void {
    this.#opened.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.#opened.splice(0).toReversed()) await close();
  }

  /** The password that was published; undefined for none. */
  passwordIn(published: Published | undefined): string | undefined {
    if (published?.kind !== "login" || published.event.sealedPassword.length === 0) return undefined;
    const { event, context } = published;
    return this.keys.sealer.open(event.sealedPassword, passwordPlace(context.exchangeId))?.toString();
  }
}

export function refusalIn(published: Published | undefined): ResultCode | undefined {
  return published?.kind === "login" ? published.event.refusal : undefined;
}
