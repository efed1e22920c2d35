import { availableParallelism } from "node:os";
import { hash, verify } from "@node-rs/argon2";
import { type Random, Unavailable } from "@portcullis/kit";
import type { PasswordHasher } from "../../application/ports.js";

/** argon2id as OWASP recommends it: 19 MiB, two passes, one lane. 6 to 15 ms of one core. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Hashes that wait for a thread; some seconds of work, well within a login's deadline. One more is refused. */
const MAX_WAITING = 1_024;
const DECOY_BYTES = 32;

export interface HashLimits {
  /** Hashes under way at once; each holds its memory. More threads than four need UV_THREADPOOL_SIZE. */
  readonly maxRunning: number;
  readonly maxWaiting: number;
}

/**
 * argon2id on the threads of the process, never on the event loop. At most as many hashes at once as there are cores;
 * beyond the queue a call is refused with `Unavailable`, so that a flood of passwords can't pile up.
 */
export class Argon2Hasher implements PasswordHasher {
  readonly decoy: string;
  readonly #limits: HashLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  private constructor(decoy: string, limits: HashLimits) {
    this.decoy = decoy;
    this.#limits = limits;
  }

  static async create(random: Random, limits: Partial<HashLimits> = {}): Promise<Argon2Hasher> {
    const { maxRunning = availableParallelism(), maxWaiting = MAX_WAITING } = limits;
    const decoy = await hash(Buffer.from(random.bytes(DECOY_BYTES)), PARAMETERS);
    return new Argon2Hasher(decoy, { maxRunning, maxWaiting });
  }

  hash(password: Uint8Array): Promise<string> {
    return this.#bounded(() => hash(password, PARAMETERS));
  }

  verify(phc: string, password: Uint8Array): Promise<boolean> {
    return this.#bounded(() => verify(phc, password));
  }

  async #bounded<Value>(work: () => Promise<Value>): Promise<Value> {
    await this.#turn();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next(); // Hands over the turn.
    }
  }

  #turn(): Promise<void> {
    if (this.#running < this.#limits.maxRunning) {
      this.#running++;
      return Promise.resolve();
    }
    if (this.#waiting.length >= this.#limits.maxWaiting) {
      return Promise.reject(new Unavailable(`More than ${this.#limits.maxWaiting} password hashes wait.`));
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
