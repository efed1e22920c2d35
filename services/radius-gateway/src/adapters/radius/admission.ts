import { RecentBuckets } from "../../domain/recent-buckets.js";
import { TokenBucket } from "../../domain/token-bucket.js";
import type { RadiusClient } from "./radius-client.js";

/** What may come from one address, as a multiple of the client's own quota. */
const COARSE_FACTOR = 4;

/** Which bucket was empty. */
export type TooFast = "source-too-fast" | "gateway-too-fast" | "client-too-fast";

type LimitedClient = Pick<RadiusClient, "name" | "maxRequestsPerSecond">;

/**
 * How many packets are taken, and from whom. RFC 5080 section 2.2.3. Nothing vouches for an address: so before a packet is
 * authenticated only coarse buckets are charged, those of its address and of all packets together, which keep a flood from
 * taking the whole processor. The client's own quota is charged with what its secret vouches for: whoever forges its
 * address cannot use it up. The memory is bounded: one bucket a client, and those of the addresses seen lately.
 */
export class Admission {
  readonly #maxRequestsPerSecond: number;
  readonly #nowMs: () => number;
  readonly #all = new TokenBucket();
  readonly #sources = new RecentBuckets();
  readonly #clients = new Map<string, TokenBucket>();

  /** @param maxRequestsPerSecond of all clients together */
  constructor(maxRequestsPerSecond: number, nowMs: () => number = () => performance.now()) {
    this.#maxRequestsPerSecond = maxRequestsPerSecond;
    this.#nowMs = nowMs;
  }

  /** Charges a packet that nobody has looked into. One that its address has too many of costs the others nothing. */
  charge(client: LimitedClient, sourceAddress: string): TooFast | undefined {
    const nowMs = this.#nowMs();
    const ofSource = client.maxRequestsPerSecond * COARSE_FACTOR;
    if (!this.#sources.of(sourceAddress).take(ofSource, nowMs)) return "source-too-fast";
    return this.#all.take(this.#maxRequestsPerSecond, nowMs) ? undefined : "gateway-too-fast";
  }

  /** Charges a packet that passed its checks. */
  chargeClient({ name, maxRequestsPerSecond }: LimitedClient): TooFast | undefined {
    let bucket = this.#clients.get(name);
    if (bucket === undefined) {
      bucket = new TokenBucket();
      this.#clients.set(name, bucket);
    }
    return bucket.take(maxRequestsPerSecond, this.#nowMs()) ? undefined : "client-too-fast";
  }

  /** The client is gone. */
  forget(client: string): void {
    this.#clients.delete(client);
  }
}
