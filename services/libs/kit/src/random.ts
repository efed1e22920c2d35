import { randomBytes } from "node:crypto";

/** Randomness as a port. */
export interface Random {
  /** Fresh random bytes from the system's generator. */
  bytes(lengthBytes: number): Buffer;
  /** A number in [0, 1), for jitter only. */
  fraction(): number;
}

const POOL_BYTES = 16_384;

/** Draws from the system in pools of 16 kB: one call for hundreds of values. No byte is given out twice. */
export class PooledRandom implements Random {
  #pool = Buffer.alloc(0);
  #used = 0;

  bytes(lengthBytes: number): Buffer {
    // A wrong length would move the mark back, and the same bytes would be given out again.
    if (!Number.isInteger(lengthBytes) || lengthBytes < 0) throw new RangeError(`Not a length: ${lengthBytes}.`);
    if (lengthBytes > POOL_BYTES) return randomBytes(lengthBytes);
    if (this.#used + lengthBytes > this.#pool.length) {
      this.#pool = randomBytes(POOL_BYTES);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += lengthBytes;
    return this.#pool.subarray(start, this.#used);
  }

  fraction(): number {
    return Math.random();
  }
}
