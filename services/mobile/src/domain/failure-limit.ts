import { isIPv6 } from "node:net";

export interface FailureLimitOptions {
  /** Failures of one source in a window. */
  readonly perSource: number;
  /** Of all sources together. */
  readonly overall: number;
  readonly windowMs: number;
}

/**
 * How often somebody may be wrong. Where guessing could help, a try is reserved before it is made and released when it was
 * right, so that many at once cannot go beyond the limit. No more sources are remembered than may be wrong in all.
 */
export class FailureLimit {
  readonly #options: FailureLimitOptions;
  readonly #counts = new Map<string, number>();
  #windowEndsMs = 0;
  #overall = 0;

  constructor(options: FailureLimitOptions) {
    this.#options = options;
  }

  /** @returns whether something may be tried; nothing is counted by that, so that any number of right tries may be under way */
  allows(source: string, nowMs: number): boolean {
    if (nowMs >= this.#windowEndsMs) {
      this.#windowEndsMs = nowMs + this.#options.windowMs;
      this.#counts.clear();
      this.#overall = 0;
    }
    const count = this.#counts.get(sourceOf(source)) ?? 0;
    return count < this.#options.perSource && this.#overall < this.#options.overall;
  }

  /** @returns false when nothing may be tried until the window ends; else it is counted */
  reserve(source: string, nowMs: number): boolean {
    if (!this.allows(source, nowMs)) return false;
    const key = sourceOf(source);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    this.#overall++;
    return true;
  }

  /** The try was right. */
  release(source: string): void {
    const key = sourceOf(source);
    const count = this.#counts.get(key);
    if (count === undefined) return; // A new window has begun.
    if (count === 1) this.#counts.delete(key);
    else this.#counts.set(key, count - 1);
    this.#overall--;
  }
}

/** Whoever has one address of a network of IPv6 has all of the /64. */
function sourceOf(address: string): string {
  if (!isIPv6(address)) return address;
  if (address.includes(".")) return address; // ::ffff:192.0.2.1, an address of IPv4.
  const [head = "", tail] = address.split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array.from({ length: zeros }, () => "0"), ...last];
  return groups.slice(0, 4).join(":");
}
