import type { Attempt, TargetAnswer } from "../../domain/first-factor.js";
import type { Target, TargetAccounting } from "../ports.js";

/** How long an answer is remembered: for as long as an exchange may be published again. */
const REMEMBER_MS = 60_000;
const MAX_REMEMBERED = 50_000;

interface Remembered<Answer> {
  readonly answer: Promise<Answer>;
  /** By `performance.now()`. */
  readonly until: number;
}

/** Answers by exchange and its claim (the same octets after the duplicate window are a new one), for a while. */
class Answers<Answer> {
  /** In the order of their ends, since all are remembered for the same time. */
  readonly #remembered = new Map<string, Remembered<Answer>>();

  /** What is remembered for the exchange, or what `ask` says, which is remembered then. "Not now" is no answer. */
  get(claim: string, ask: () => Promise<Answer>): Promise<Answer> {
    const now = performance.now();
    this.#forgetOld(now);
    const known = this.#remembered.get(claim);
    if (known !== undefined) return known.answer;
    const answer = ask();
    this.#remembered.set(claim, { answer, until: now + REMEMBER_MS });
    answer.catch(() => this.forget(claim));
    return answer;
  }

  forget(claim: string): void {
    this.#remembered.delete(claim);
  }

  #forgetOld(now: number): void {
    for (const [exchangeId, { until }] of this.#remembered) {
      if (until > now && this.#remembered.size < MAX_REMEMBERED) return;
      this.#remembered.delete(exchangeId);
    }
  }
}

/**
 * Asks a target once for each exchange, however often its event comes: a second try of a wrong password counts in a
 * directory behind the target, and EAP knows no second try. What a killed process had asked is asked once more.
 */
export class AskedOnce implements Target {
  readonly #target: Target;
  readonly #checks = new Answers<TargetAnswer>();
  readonly #accounts = new Answers<Uint8Array | undefined>();
  readonly account: Target["account"];

  constructor(target: Target) {
    this.#target = target;
    if (target.account !== undefined) this.account = (accounting) => this.#account(accounting);
  }

  check(attempt: Attempt): Promise<TargetAnswer> {
    return this.#checks.get(`${attempt.exchangeId} ${attempt.deadlineMs}`, () => this.#target.check(attempt));
  }

  close(graceMs: number): Promise<void> {
    return this.#target.close?.(graceMs) ?? Promise.resolve();
  }

  /** Of accounting no answer is none: the client asks again, and so do we. */
  async #account(accounting: TargetAccounting): Promise<Uint8Array | undefined> {
    const { exchangeId } = accounting;
    const answer = await this.#accounts.get(exchangeId, async () => this.#target.account?.(accounting));
    if (answer === undefined) this.#accounts.forget(exchangeId);
    return answer;
  }
}
