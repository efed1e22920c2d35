import { isUtf8 } from "node:buffer";
import { availableParallelism } from "node:os";
import { hash, verify } from "@node-rs/argon2";
import type { Random } from "../random.js";
import { Unavailable } from "../unavailable.js";
import { FairTurns } from "./fair-turns.js";

/** argon2id as OWASP recommends it: 19 MiB, two passes, one lane. 6 to 15 ms of one core. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Hashes that wait for a thread; some seconds of work, well within a login's deadline. One more is refused. */
const MAX_WAITING = 1_024;
/** The part of them that one RADIUS client may fill. */
const CLIENT_SHARE = 0.5;
/** Imports and commands have their turn as a client has. */
const OURS = "";
const NO_TEXT = new Uint8Array(0);
const DECOY_BYTES = 32;

/** Too many hashes wait, of this client or of all. */
export class HashesBusy extends Unavailable {
  override readonly name = "HashesBusy";
}

export interface HashLimits {
  /** Hashes under way at once; each holds its memory. More threads than four need UV_THREADPOOL_SIZE. */
  readonly maxRunning: number;
  readonly maxWaiting: number;
}

/**
 * argon2id on the threads of the process, never on the event loop. At most as many hashes at once as there are cores;
 * beyond the queue, and a client's share of it, a call is refused, so that a flood of passwords can't pile up and holds up
 * its own client only.
 */
export class Argon2Hasher {
  /** A hash with the default parameters that nothing fits, for whoever has none: checking it is the same work. */
  readonly decoy: string;
  readonly #limits: HashLimits;
  readonly #turns: FairTurns;
  #running = 0;

  private constructor(decoy: string, limits: HashLimits) {
    this.decoy = decoy;
    this.#limits = limits;
    this.#turns = new FairTurns(limits.maxWaiting, CLIENT_SHARE);
  }

  static async create(random: Random, limits: Partial<HashLimits> = {}): Promise<Argon2Hasher> {
    const { maxRunning = availableParallelism(), maxWaiting = MAX_WAITING } = limits;
    const decoy = await hash(Buffer.from(random.bytes(DECOY_BYTES)), PARAMETERS);
    return new Argon2Hasher(decoy, { maxRunning, maxWaiting });
  }

  hash(password: Uint8Array): Promise<string> {
    return this.#bounded(OURS, () => hash(password, PARAMETERS));
  }

  /** @param client whose share of the work it is; left out, it is ours */
  verify(phc: string, password: Uint8Array, client = OURS): Promise<boolean> {
    // argon2's library takes text only. What is none was never hashed; it costs the same work all the same.
    const text = isUtf8(password) ? password : NO_TEXT;
    return this.#bounded(client, async () => (await verify(phc, text)) && text === password);
  }

  async #bounded<Value>(client: string, work: () => Promise<Value>): Promise<Value> {
    await this.#turn(client);
    try {
      return await work();
    } finally {
      const next = this.#turns.next();
      if (next === undefined) this.#running--;
      else next(); // Hands over the turn.
    }
  }

  #turn(client: string): Promise<void> {
    if (this.#running < this.#limits.maxRunning) {
      this.#running++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      if (!this.#turns.add(client, resolve)) reject(new HashesBusy("Too many password hashes wait."));
    });
  }
}
