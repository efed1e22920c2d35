import type { AnswerId, LoginId } from "../ids.js";
import type { EndedLogin, OpenRequest } from "../pending-store.js";
import { Expiring } from "./expiry.js";
import type { User } from "./memory-users.js";

/** An answer: under check until it has its reply. */
export interface Answer {
  readonly round: number;
  reply: Uint8Array | undefined;
}

/** A login in memory. */
export class LoginRecord extends Expiring {
  readonly request: OpenRequest;
  readonly user: User<LoginRecord>;
  readonly expiresAtMs: number;
  readonly superseded: readonly EndedLogin[];
  readonly #records: Map<LoginId, LoginRecord>;
  readonly #answers = new Map<AnswerId, Answer>();
  state: "open" | "right" | "wrong" | "expired" | "superseded" = "open";
  /** It has an entry in the due index. */
  isDue = true;
  /** Until when it would be kept without that entry. */
  keepUntilMs: number;
  round = 1;
  prompt: Uint8Array;
  wrong = 0;
  checking = 0;
  /** The answer that ended it. */
  lastAnswerId: AnswerId | undefined;
  outcome: Uint8Array | undefined;

  constructor(
    records: Map<LoginId, LoginRecord>,
    request: OpenRequest,
    made: { user: User<LoginRecord>; expiresAtMs: number; superseded: readonly EndedLogin[] },
  ) {
    super();
    this.#records = records;
    this.request = request;
    this.user = made.user;
    this.expiresAtMs = made.expiresAtMs;
    this.superseded = made.superseded;
    this.keepUntilMs = made.expiresAtMs + request.keepMs;
    this.prompt = request.prompt;
  }

  drop(): void {
    this.#records.delete(this.request.loginId);
    this.user.close(this);
  }

  /** Tries that are neither used up nor under check. */
  get triesLeft(): number {
    return this.request.maxTries - this.wrong - this.checking;
  }

  answer(answerId: AnswerId): Answer | undefined {
    return this.#answers.get(answerId);
  }

  reserve(answerId: AnswerId, round: number): void {
    this.#answers.set(answerId, { round, reply: undefined });
    this.checking++;
  }

  release(answerId: AnswerId): void {
    if (this.#answers.get(answerId)?.reply !== undefined || !this.#answers.delete(answerId)) return;
    this.checking--;
  }

  /** The outcome, for the answer that ended the login. */
  outcomeOf(answerId: AnswerId): Uint8Array | undefined {
    return this.lastAnswerId === answerId ? this.outcome : undefined;
  }

  ended(): EndedLogin {
    const { userId, loginId, context } = this.request;
    return { userId, loginId, context };
  }
}
