import type { LoginId, UserId } from "../ids.js";
import {
  LATE_MS,
  type LoginRef,
  MAX_REMEMBERED,
  ON_ITS_WAY_MS,
  type RecallRequest,
  type Remembered,
} from "../login-store.js";
import { Expiring, type Expiry } from "./expiry.js";

interface Entry {
  readonly untilMs: number;
  readonly by: LoginId;
  /** Only for logins that began by then; Infinity: for later ones too. */
  endedAtMs: number;
  readonly users: Set<LoginId>;
  /** Infinity: any number. */
  usesLeft: number;
}

/** All that is remembered of one user. */
class UserMemory extends Expiring {
  readonly entries = new Map<string, Entry>();
  readonly #memories: Map<UserId, UserMemory>;
  readonly #userId: UserId;

  constructor(memories: Map<UserId, UserMemory>, userId: UserId) {
    super();
    this.#memories = memories;
    this.#userId = userId;
    memories.set(userId, this);
  }

  drop(): void {
    if (this.#memories.get(this.#userId) === this) this.#memories.delete(this.#userId);
  }

  get endsAtMs(): number {
    return Math.max(...[...this.entries.values()].map(({ untilMs }) => untilMs));
  }

  /** For one more: without what is over, and if need be without what ends first. */
  makeRoom(nowMs: number): void {
    for (const [scope, { untilMs }] of this.entries) if (untilMs <= nowMs) this.entries.delete(scope);
    if (this.entries.size < MAX_REMEMBERED) return;
    const byEnd = [...this.entries].toSorted(
      ([scope, one], [otherScope, other]) => one.untilMs - other.untilMs || (scope < otherScope ? -1 : 1),
    );
    const first = byEnd[0];
    if (first !== undefined) this.entries.delete(first[0]);
  }
}

/** What earlier logins let pass, in memory. */
export class MemoryRemembered {
  readonly #expiry: Expiry;
  readonly #memories = new Map<UserId, UserMemory>();

  constructor(expiry: Expiry) {
    this.#expiry = expiry;
  }

  remember({ userId, loginId }: LoginRef, entries: readonly Remembered[] = []): void {
    const nowMs = this.#expiry.nowMs();
    if (entries.length === 0) return;
    const memory = this.#memories.get(userId) ?? new UserMemory(this.#memories, userId);
    for (const { scope, durationMs, uses, onlyEarlier } of entries) {
      const known = memory.entries.get(scope);
      if (known?.by === loginId) continue;
      if (known === undefined) memory.makeRoom(nowMs);
      const usesLeft = uses === 0 ? Number.POSITIVE_INFINITY : uses;
      const endedAtMs = onlyEarlier ? nowMs : Number.POSITIVE_INFINITY;
      memory.entries.set(scope, { untilMs: nowMs + durationMs, by: loginId, endedAtMs, users: new Set(), usesLeft });
    }
    this.#expiry.keepUntil(memory, memory.endsAtMs, nowMs);
  }

  recall({ userId, loginId, beganAtMs, scopes }: RecallRequest): string | undefined {
    const nowMs = this.#expiry.nowMs();
    const entries = this.#memories.get(userId)?.entries;
    return entries && scopes.find((scope) => use(entries.get(scope), { loginId, beganAtMs, nowMs }));
  }

  forget(userId: UserId): void {
    const memory = this.#memories.get(userId);
    if (memory === undefined) return;
    this.#expiry.forget(memory);
    memory.drop();
  }
}

/** @returns whether the entry counts for this login; one with a limited number of uses is used once a login */
function use(entry: Entry | undefined, login: { loginId: LoginId; beganAtMs: number; nowMs: number }): boolean {
  const { loginId, beganAtMs, nowMs } = login;
  if (entry === undefined || entry.untilMs <= nowMs || entry.by === loginId) return false;
  if (beganAtMs >= entry.endedAtMs + ON_ITS_WAY_MS) return false;
  if (entry.endedAtMs !== Number.POSITIVE_INFINITY && nowMs - beganAtMs >= LATE_MS) entry.endedAtMs = nowMs;
  if (entry.usesLeft === Number.POSITIVE_INFINITY || entry.users.has(loginId)) return true;
  if (entry.usesLeft === 0) return false;
  entry.usesLeft--;
  entry.users.add(loginId);
  return true;
}
