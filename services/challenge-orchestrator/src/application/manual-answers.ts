import type { Clock } from "@portcullis/kit";
import { decodeWaitingExchange, type LoginId, type LoginRef, type PendingStore, type UserId } from "@portcullis/login";
import type { LoginEvents } from "./ports.js";

/** A login that waits for somebody's word. */
export interface HeldLogin extends LoginRef {
  readonly client: string;
  readonly userName: string;
  readonly station: string;
  readonly sourceAddress: string;
  readonly sinceMs: number;
  readonly expiresAtMs: number;
}

/** Entries of the due index that one look takes. */
const MAX_LOOK = 1_000;
/** An answer that comes later than this is nobody's any more. */
const ANSWER_LIFETIME_MS = 60_000;

/** What an operator answers by hand, for trying a client before phones and apps are there. */
export class ManualAnswers {
  readonly #store: PendingStore;
  readonly #events: LoginEvents;
  readonly #clock: Clock;

  constructor(parts: { store: PendingStore; events: LoginEvents; clock: Clock }) {
    this.#store = parts.store;
    this.#events = parts.events;
    this.#clock = parts.clock;
  }

  /** The logins that wait, oldest first. */
  async waiting(): Promise<readonly HeldLogin[]> {
    const entries = await this.#store.pending(MAX_LOOK);
    const logins = entries.filter((entry) => entry.kind === "login");
    const found = await Promise.all(logins.map((entry) => this.#heldLogin(entry)));
    return found.filter((one) => one !== undefined).toSorted((one, other) => one.sinceMs - other.sinceMs);
  }

  /** @returns false when no such login waits */
  async answer(loginId: LoginId, approved: boolean): Promise<boolean> {
    const login = (await this.waiting()).find((one) => one.loginId === loginId);
    if (login === undefined) return false;
    const deadlineMs = this.#clock.nowMs() + ANSWER_LIFETIME_MS;
    await this.#events.approvalGiven({ loginId, userId: login.userId, approved, deadlineMs });
    return true;
  }

  async #heldLogin({ userId, loginId }: { userId: UserId; loginId: LoginId }): Promise<HeldLogin | undefined> {
    const status = await this.#store.inspectLogin({ userId, loginId });
    if (status.kind !== "open" || !status.held) return undefined;
    const { context } = decodeWaitingExchange(status.context);
    const { client, userName, station, sourceAddress, claimedAtMs } = context;
    const expiresAtMs = status.expiresAtMs;
    return { userId, loginId, client, userName, station, sourceAddress, sinceMs: claimedAtMs, expiresAtMs };
  }
}
