import type { AnswerId, ExchangeId, LoginId } from "../ids.js";
import {
  type AnswerCheck,
  type AnswerRequest,
  type EndedLogin,
  type LoginRef,
  MAX_CHECKS,
  MAX_WAITING_EXCHANGES,
  type NextRound,
  type OpenRequest,
  type WaitingBytes,
} from "../login-store.js";
import { Expiring } from "./expiry.js";
import type { User } from "./memory-users.js";

/** An answer: under check until it has its reply. */
export interface Answer {
  readonly round: number;
  /** The exchanges that check it. */
  readonly checks: Set<ExchangeId>;
  reply: Uint8Array | undefined;
}

/** What a login is kept under: one that goes on as another user's is kept twice for a moment. */
export function placeOf({ userId, loginId }: LoginRef): string {
  return `${userId}/${loginId}`;
}

const NOTHING = new Uint8Array(0);

/** A login in memory. */
export class LoginRecord extends Expiring {
  readonly request: OpenRequest;
  readonly user: User<LoginRecord>;
  readonly superseded: readonly EndedLogin[];
  readonly #records: Map<string, LoginRecord>;
  readonly #held: Map<LoginId, LoginRecord>;
  readonly #answers = new Map<AnswerId, Answer>();
  readonly #waiting = new Map<ExchangeId, Uint8Array>();
  state: "open" | "right" | "wrong" | "finished" | "expired" | "superseded" = "open";
  /** It has an entry in the due index. */
  isDue = true;
  /** Until when it would be kept without that entry. */
  keepUntilMs: number;
  round = 1;
  /** The round from which it was last advanced. */
  advancedFrom = 0;
  prompt: Uint8Array;
  challenge: Uint8Array;
  /** It reaches a phone. */
  reaches: boolean;
  expiresAtMs: number;
  wrong = 0;
  checking = 0;
  /** The answer that ended it. */
  lastAnswerId: AnswerId | undefined;
  outcome: Uint8Array | undefined;

  constructor(
    kept: { records: Map<string, LoginRecord>; held: Map<LoginId, LoginRecord> },
    request: OpenRequest,
    made: { user: User<LoginRecord>; expiresAtMs: number; superseded: readonly EndedLogin[] },
  ) {
    super();
    this.#records = kept.records;
    this.#held = kept.held;
    kept.records.set(placeOf(request), this);
    if (request.listed) kept.held.set(request.loginId, this);
    this.request = request;
    this.user = made.user;
    this.expiresAtMs = made.expiresAtMs;
    this.superseded = made.superseded;
    this.keepUntilMs = made.expiresAtMs + request.keepMs;
    this.prompt = request.prompt;
    this.challenge = request.challenge ?? NOTHING;
    this.reaches = request.reach !== undefined;
    this.waitUnlessPrompted(request);
  }

  /** Its exchanges wait. */
  get isHeld(): boolean {
    return this.#waiting.size > 0;
  }

  get waiting(): readonly Uint8Array[] {
    return [...this.#waiting.values()];
  }

  /** Lets the exchange of an opening wait, where nobody is prompted. @returns false when there are too many */
  waitUnlessPrompted({ exchangeId, context }: OpenRequest): boolean {
    if (this.prompt.length > 0 || exchangeId === undefined) return true;
    return this.wait({ exchangeId, bytes: context });
  }

  /** @returns false when there are too many */
  wait({ exchangeId, bytes }: WaitingBytes): boolean {
    if (this.#waiting.has(exchangeId)) return true;
    if (this.#waiting.size >= MAX_WAITING_EXCHANGES) return false;
    this.#waiting.set(exchangeId, bytes);
    return true;
  }

  goOn(round: number, { prompt, challenge, reach, untilMs }: NextRound): void {
    this.round = round;
    this.prompt = prompt;
    this.challenge = challenge;
    this.reaches = reach !== undefined;
    if (untilMs !== undefined) this.expiresAtMs = Math.min(this.expiresAtMs, untilMs);
  }

  drop(): void {
    this.#records.delete(placeOf(this.request));
    this.close();
  }

  /** It waits for no answer any more. */
  close(): void {
    this.user.close(this);
    if (this.#held.get(this.request.loginId) === this) this.#held.delete(this.request.loginId);
  }

  /** Tries that are neither used up nor under check. */
  get triesLeft(): number {
    return this.request.maxTries - this.wrong - this.checking;
  }

  answer(answerId: AnswerId): Answer | undefined {
    return this.#answers.get(answerId);
  }

  reserve({ answerId, exchangeId, round }: AnswerRequest): void {
    this.#answers.set(answerId, { round, checks: new Set([exchangeId]), reply: undefined });
    this.checking++;
  }

  /** One more exchange checks an answer. @returns false when there are too many */
  share({ checks }: Answer, exchangeId: ExchangeId): boolean {
    if (!checks.has(exchangeId) && checks.size >= MAX_CHECKS) return false;
    checks.add(exchangeId);
    return true;
  }

  /** One exchange gives up its check; the last one gives the try back. */
  release({ answerId, exchangeId }: AnswerCheck): void {
    const answer = this.#answers.get(answerId);
    if (answer === undefined || answer.reply !== undefined) return;
    if (answer.checks.delete(exchangeId) && answer.checks.size === 0) this.endCheck(answerId);
  }

  /** The answer is no longer under check. */
  endCheck(answerId: AnswerId): void {
    if (this.#answers.delete(answerId)) this.checking--;
  }

  keepAnswer(answerId: AnswerId, answer: Answer): void {
    this.#answers.set(answerId, answer);
  }

  /** The outcome and who waited for it, for the answer that ended the login. */
  endBy(answerId: AnswerId): { outcome: Uint8Array | undefined; waiting: readonly Uint8Array[] } {
    if (this.lastAnswerId !== answerId || this.outcome === undefined) return { outcome: undefined, waiting: [] };
    return { outcome: this.outcome, waiting: this.waiting };
  }

  ended(): EndedLogin {
    const { userId, loginId, context } = this.request;
    return { userId, loginId, context, challenge: this.challenge, waiting: this.waiting };
  }
}
