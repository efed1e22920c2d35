import type { Clock } from "@portcullis/kit";
import { decodeWaitingExchange, type LoginId, type LoginRef, loginNameOf, type PendingStore } from "@portcullis/login";
import type { AnswerEvents } from "./ports.js";

/** A login that waits for somebody's word. */
export interface HeldLogin extends LoginRef {
  readonly client: string;
  /** As the request had it. */
  readonly userName: string;
  /** Whom the target named instead; absent when it named nobody else. */
  readonly provenName?: string;
  readonly station: string;
  readonly sourceAddress: string;
  readonly sinceMs: number;
  readonly expiresAtMs: number;
}

export interface HeldLoginList {
  /** Oldest first. */
  readonly logins: readonly HeldLogin[];
  /** Others wait besides, which can be answered by their ids. */
  readonly more: boolean;
}

/** Logins that one look takes. */
const MAX_SHOWN = 500;
/** An answer that comes later than this is nobody's any more. */
const ANSWER_LIFETIME_MS = 60_000;

/** What an operator answers by hand, for trying a client before phones and apps are there. */
export class ManualAnswers {
  readonly #store: PendingStore;
  readonly #events: AnswerEvents;
  readonly #clock: Clock;

  constructor(parts: { store: PendingStore; events: AnswerEvents; clock: Clock }) {
    this.#store = parts.store;
    this.#events = parts.events;
    this.#clock = parts.clock;
  }

  /** The logins that wait. */
  async waiting(): Promise<HeldLoginList> {
    const { logins, more } = await this.#store.held(MAX_SHOWN);
    const found = await Promise.all(logins.map((login) => this.#heldLogin(login)));
    const waiting = found.filter((one) => one !== undefined);
    return { logins: waiting.toSorted((one, other) => one.sinceMs - other.sinceMs), more };
  }

  /** One that waits, also when it is not among those listed. */
  async find(loginId: LoginId): Promise<HeldLogin | undefined> {
    const login = await this.#store.findHeld(loginId);
    return login && this.#heldLogin(login);
  }

  /** @returns false when no such login waits */
  async answer(loginId: LoginId, approved: boolean): Promise<boolean> {
    const login = await this.find(loginId);
    if (login === undefined) return false;
    const answeredAtMs = this.#clock.nowMs();
    const word = approved ? "approve" : "deny";
    await this.#events.factorAnswered({
      loginId,
      userId: login.userId,
      challengeId: "",
      attempt: 1,
      answer: { channel: "operator", word, pin: "", matched: "", text: "" },
      answeredAtMs,
      deadlineMs: answeredAtMs + ANSWER_LIFETIME_MS,
    });
    return true;
  }

  async #heldLogin({ userId, loginId }: LoginRef): Promise<HeldLogin | undefined> {
    const status = await this.#store.inspectLogin({ userId, loginId });
    if (status.kind !== "open" || !status.held) return undefined;
    const { context, provenName } = decodeWaitingExchange(status.context);
    const { client, userName, station, sourceAddress, claimedAtMs } = context;
    const { expiresAtMs } = status;
    const isOther = provenName !== undefined && provenName !== loginNameOf(userName);
    const user = isOther ? { userName, provenName } : { userName };
    return { userId, loginId, client, ...user, station, sourceAddress, sinceMs: claimedAtMs, expiresAtMs };
  }
}
