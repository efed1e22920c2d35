import type { Log } from "../telemetry/log.js";
import { type KeyRing, readKeyRing, whyNotAfter } from "./key-ring.js";

/** How often the file is looked at. A mounted secret takes longer to reach its pods than this. */
const LOOK_EVERY_MS = 3_000;

/** Told of a new ring before anything is sealed under it. */
export type KeyRingListener = (ring: KeyRing) => Promise<void> | void;

/**
 * The key ring of a running process: the file is looked at every few seconds, and a new ring is taken over without a stop.
 * A file that is wrong, or of another installation, is reported once and changes nothing.
 */
export class KeyRingWatch {
  readonly #path: string;
  readonly #log: Log;
  readonly #listeners: KeyRingListener[] = [];
  #timer: NodeJS.Timeout | undefined;
  #ring: KeyRing;
  #trouble: string | undefined;
  #look: Promise<void> | undefined;

  constructor(path: string, log: Log, ring = readKeyRing(path)) {
    this.#path = path;
    this.#log = log;
    this.#ring = ring;
  }

  /** What this process opens and seals with. */
  get ring(): KeyRing {
    return this.#ring;
  }

  /** Why the file as it is now was not taken over; nothing when it was. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Listeners are told one after the other, in the order in which they came. */
  onChange(listener: KeyRingListener): void {
    this.#listeners.push(listener);
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Looks at the file now. Never rejects; who asks while a look is under way gets one that began after she asked. */
  async look(): Promise<void> {
    await this.#look;
    this.#look ??= this.#once().finally(() => {
      this.#look = undefined;
    });
    await this.#look;
  }

  async #once(): Promise<void> {
    try {
      const next = readKeyRing(this.#path);
      const why = whyNotAfter(this.#ring, next);
      if (why !== undefined) return this.#refuse(`${this.#path} is no later state of the ring in use: ${why}.`);
      this.#trouble = undefined;
      if (isSame(this.#ring, next)) return;
      for (const tell of this.#listeners) await tell(next);
      this.#ring = next;
      this.#log.info("keys.taken_over", { active: next.active, keys: [...next.sealing.keys()] });
    } catch (error) {
      this.#refuse(error instanceof Error ? error.message : String(error));
    }
  }

  /** Said once: the file is looked at again in a moment, and says the same. */
  #refuse(trouble: string): void {
    if (this.#trouble !== trouble) this.#log.error("keys.refused", { trouble });
    this.#trouble = trouble;
  }
}

/** Keys of one id were compared before. */
function isSame(one: KeyRing, other: KeyRing): boolean {
  if (one.active !== other.active || one.sealing.size !== other.sealing.size) return false;
  return [...one.sealing.keys()].every((id) => other.sealing.has(id));
}
