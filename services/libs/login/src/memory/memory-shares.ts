import { Expiring, type Expiry } from "./expiry.js";

/** One exchange's place in its client's share. */
export class Place extends Expiring {
  readonly #share: Share;

  constructor(share: Share) {
    super();
    this.#share = share;
  }

  drop(): void {
    this.#share.count--;
    if (this.#share.count === 0) this.#share.shares.delete(this.#share.client);
  }
}

interface Share {
  readonly shares: Map<string, Share>;
  readonly client: string;
  count: number;
}

/** How many exchanges of each client wait or are kept. */
export class MemoryShares {
  readonly #shares = new Map<string, Share>();
  readonly #expiry: Expiry;

  constructor(expiry: Expiry) {
    this.#expiry = expiry;
  }

  hasRoom(client: string, maxExchanges: number, nowMs: number): boolean {
    if (this.#count(client) < maxExchanges) return true;
    // What is over may not have been thrown out yet.
    this.#expiry.sweep(nowMs);
    return this.#count(client) < maxExchanges;
  }

  add(client: string, untilMs: number, nowMs: number): Place {
    const share = this.#shares.get(client) ?? { shares: this.#shares, client, count: 0 };
    this.#shares.set(client, share);
    share.count++;
    const place = new Place(share);
    this.#expiry.keepUntil(place, untilMs, nowMs);
    return place;
  }

  /** An exchange that has ended counts for its duplicate window only. */
  shorten(place: Place, untilMs: number, nowMs: number): void {
    if (place.placed && untilMs < place.atMs) this.#expiry.keepUntil(place, untilMs, nowMs);
  }

  #count(client: string): number {
    return this.#shares.get(client)?.count ?? 0;
  }
}
