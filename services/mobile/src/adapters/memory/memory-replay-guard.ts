import { type Clock, Unavailable } from "@portcullis/kit";
import type { ReplayGuard } from "../../application/ports.js";

/** More than this process can check in the time that a key is remembered. */
const MAX_KEYS = 1_000_000;
const SWEEP_EVERY_MS = 10_000;

/** What must not come twice, in this process. */
export class MemoryReplayGuard implements ReplayGuard {
  readonly #clock: Clock;
  /** When each key is forgotten. */
  readonly #keys = new Map<string, number>();
  #sweptAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async isFirst(key: string, rememberMs: number): Promise<boolean> {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#sweptAtMs >= SWEEP_EVERY_MS) this.#sweep(nowMs);
    if ((this.#keys.get(key) ?? 0) > nowMs) return false;
    // Fail closed: what can't be remembered is not let through.
    if (this.#keys.size >= MAX_KEYS) throw new Unavailable(`More than ${MAX_KEYS} calls are remembered.`);
    this.#keys.set(key, nowMs + rememberMs);
    return true;
  }

  #sweep(nowMs: number): void {
    this.#sweptAtMs = nowMs;
    for (const [key, endMs] of this.#keys) if (endMs <= nowMs) this.#keys.delete(key);
  }
}
