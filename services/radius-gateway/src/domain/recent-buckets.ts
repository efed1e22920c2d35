import { TokenBucket } from "./token-bucket.js";

const MAX_BUCKETS = 16_384;

/**
 * A bucket for each key that was seen lately. Beyond the limit the least lately seen go, half of them at a time: moving each
 * key to the end of a list would cost more than all the rest. A bucket that went is a full one when its key comes again.
 */
export class RecentBuckets {
  readonly #maxRecent: number;
  #recent = new Map<string, TokenBucket>();
  #older: ReadonlyMap<string, TokenBucket> = new Map();

  constructor(maxBuckets = MAX_BUCKETS) {
    this.#maxRecent = Math.ceil(maxBuckets / 2);
  }

  of(key: string): TokenBucket {
    const known = this.#recent.get(key);
    if (known !== undefined) return known;
    const bucket = this.#older.get(key) ?? new TokenBucket();
    if (this.#recent.size >= this.#maxRecent) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(key, bucket);
    return bucket;
  }
}
