import type { UserId } from "../ids.js";
import type { Reach, ReachRefusal } from "../login-store.js";
import { Expiring, type Expiry } from "./expiry.js";

class Entry extends Expiring {
  readonly #entries: Map<string, Entry>;
  readonly #name: string;
  count = 0;

  constructor(entries: Map<string, Entry>, name: string) {
    super();
    this.#entries = entries;
    this.#name = name;
    entries.set(name, this);
  }

  drop(): void {
    if (this.#entries.get(this.#name) === this) this.#entries.delete(this.#name);
  }
}

/** How often each user was asked at a phone, and which stations she has denied. */
export class MemoryReach {
  readonly #expiry: Expiry;
  readonly #prompts = new Map<string, Entry>();
  readonly #denied = new Map<string, Entry>();

  constructor(expiry: Expiry) {
    this.#expiry = expiry;
  }

  /** Counts a prompt that reaches a phone; returns why there may be none. */
  refusal(userId: UserId, station: string, { maxPrompts, windowMs }: Reach, nowMs: number): ReachRefusal | undefined {
    if (this.#denied.get(denialOf(userId, station))?.aliveAt(nowMs)) return "denied-recently";
    const known = this.#prompts.get(userId);
    const prompts = known?.aliveAt(nowMs) ? known : undefined;
    if ((prompts?.count ?? 0) >= maxPrompts) return "too-many-prompts";
    if (prompts !== undefined) {
      prompts.count++;
      return undefined;
    }
    if (known !== undefined) this.#expiry.forget(known);
    const first = new Entry(this.#prompts, userId);
    first.count = 1;
    this.#expiry.keepUntil(first, nowMs + windowMs, nowMs);
    return undefined;
  }

  deny(userId: UserId, station: string, coolDownMs: number, nowMs: number): void {
    const name = denialOf(userId, station);
    const denied = this.#denied.get(name) ?? new Entry(this.#denied, name);
    this.#expiry.keepUntil(denied, nowMs + coolDownMs, nowMs);
  }
}

function denialOf(userId: UserId, station: string): string {
  return `${userId}/${station}`;
}
