import type { Clock, KeyedDigest, Log } from "@portcullis/kit";
import {
  type AnswerId,
  decodeOutcome,
  decodeWaitingExchange,
  type ExchangeId,
  encodeOutcome,
  type LoginRef,
  type LoginStatus,
  type PendingStore,
  type ResultCode,
  type WaitingExchange,
} from "@portcullis/login";
import type { Challenge } from "../domain/challenge.js";
import type { ChallengeSettings } from "../domain/settings.js";
import { propertiesOf } from "../domain/way.js";
import type { Challenges } from "./challenges.js";
import type { ConcludeHeld } from "./conclude-held.js";
import { isHandedOver } from "./conversations.js";
import type { IssueChallenge } from "./issue-challenge.js";
import type { JudgeAnswer } from "./judge-answer.js";
import type { Judgement } from "./methods/method.js";
import { outcomeOf } from "./outcomes.js";
import type { GivenFactorAnswer } from "./ports.js";
import type { ReportFraud } from "./report-fraud.js";

export interface AnswerFactorParts {
  readonly store: PendingStore;
  readonly challenges: Challenges;
  readonly judgeAnswer: JudgeAnswer;
  readonly issueChallenge: IssueChallenge;
  readonly concludeHeld: ConcludeHeld;
  readonly reportFraud: ReportFraud;
  readonly settings: ChallengeSettings;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
  readonly log: Log;
}

/** An answer on its way through the store. */
interface Given {
  readonly given: GivenFactorAnswer;
  readonly login: LoginRef;
  readonly answerId: AnswerId;
}

/** The login that it is for, as it is now. */
interface Asked {
  readonly opening: WaitingExchange;
  readonly challenge: Challenge;
  readonly round: number;
  readonly prompt: boolean;
  readonly expiresAtMs: number;
}

const NOTHING = new Uint8Array(0);

/**
 * A person answered elsewhere than at the prompt: in the app, by keys, by a text, or an operator did. The first answer decides. What
 * can be guessed (a PIN, a number, a choice, a code) costs a try, reserved before it is judged. Called again it comes to the
 * same, and tells the exchanges that waited once more. Rejects with `Unavailable` when a store is away.
 */
export class AnswerFactor {
  readonly #parts: AnswerFactorParts;

  constructor(parts: AnswerFactorParts) {
    this.#parts = parts;
  }

  async execute(given: GivenFactorAnswer): Promise<void> {
    const { store } = this.#parts;
    const { userId, loginId } = given;
    const login = { userId, loginId };
    const status = await store.inspectLogin(login);
    const answered = { given, login, answerId: this.#answerIdOf(given) };
    if (status.kind === "ended") return this.#endedBefore(answered);
    if (status.kind === "unknown") return this.#ignore(given, "unknown");
    const asked = this.#asked(login, status);
    const { challenge } = asked;
    if (challenge.challengeId !== given.challengeId || challenge.approved) return this.#ignore(given, "not asked for");
    // It was wrong, and whoever found that may have died before she was asked once more.
    if (challenge.attempt === given.attempt + 1) return this.#askAgain(login, asked, challenge);
    if (challenge.attempt !== given.attempt) return this.#ignore(given, "not asked for");
    if (!isGuessable(challenge, given)) return this.#judged(answered, asked, await this.#judge(answered, asked));
    return this.#guessed(answered, asked);
  }

  #asked({ loginId }: LoginRef, status: LoginStatus & { readonly kind: "open" }): Asked {
    const { round, expiresAtMs } = status;
    const opening = decodeWaitingExchange(status.context);
    const challenge = this.#parts.challenges.open(loginId, status.challenge);
    return { opening, challenge, round, expiresAtMs, prompt: propertiesOf(challenge.way).prompts };
  }

  #answerIdOf({ loginId, challengeId, attempt, answer }: GivenFactorAnswer): AnswerId {
    const { channel, word, pin, matched, text } = answer;
    const { digest } = this.#parts;
    return digest.hex(
      "factor answer",
      loginId,
      challengeId,
      String(attempt),
      channel,
      word,
      pin,
      matched,
      text,
    ) as AnswerId;
  }

  #judge({ given, login }: Given, { challenge, opening }: Asked): Promise<Judgement> {
    const { client } = opening.context;
    return this.#parts.judgeAnswer.elsewhere({ ...login, client, challenge, answer: given.answer });
  }

  async #guessed(given: Given, asked: Asked): Promise<void> {
    const { store, settings } = this.#parts;
    const { login, answerId } = given;
    // Answers from elsewhere have no exchange; each stands for itself.
    const check = { ...login, answerId, exchangeId: answerId as string as ExchangeId };
    const reserved = await store.reserve({ ...check, round: asked.round, lockout: settings.lockout });
    switch (reserved.kind) {
      case "again":
        return this.#endedBefore(given);
      case "late":
        return this.#ignore(given.given, "late");
      case "refused":
        return this.#outOfTries(given, asked, reserved.reason);
      case "check":
        break;
    }
    let judgement: Judgement;
    try {
      judgement = await this.#judge(given, asked);
    } catch (error) {
      await store.release(check).catch((failure: unknown) => {
        this.#parts.log.warn("answer.try_not_released", { loginId: login.loginId, error: failure });
      });
      throw error;
    }
    if (judgement.kind === "wrong") return this.#wrong(given, asked, judgement);
    await store.release(check);
    return this.#judged(given, asked, judgement);
  }

  async #judged(given: Given, asked: Asked, judgement: Judgement): Promise<void> {
    switch (judgement.kind) {
      case "right":
        return this.#right(given, asked, judgement.resultCode);
      case "denied":
        return this.#end(given, asked, judgement.resultCode, { coolsDown: judgement.byUser });
      case "fraud":
        return this.#fraud(given, asked);
      case "wrong":
        return this.#ignore(given.given, "not asked for");
      case "waits":
        throw new Error("Nothing that comes from elsewhere waits for something.");
    }
  }

  /** Where the client shows a prompt, the approval is kept until the user answers that too: only then somebody waits for it. */
  async #right(given: Given, asked: Asked, resultCode: ResultCode): Promise<void> {
    const { store, challenges } = this.#parts;
    if (!asked.prompt) return this.#end(given, asked, resultCode, { coolsDown: false });
    const { login } = given;
    const challenge = challenges.seal(login.loginId, { ...asked.challenge, approved: true });
    const noted = await store.note({ ...login, round: asked.round, challenge });
    if (noted.kind === "noted" && noted.waiting.length > 0) {
      return this.#end(given, asked, resultCode, { coolsDown: false });
    }
  }

  async #wrong({ login, answerId }: Given, asked: Asked, wrong: Judgement & { readonly kind: "wrong" }): Promise<void> {
    const { store, settings, challenges, concludeHeld } = this.#parts;
    const next = { ...asked.challenge, attempt: asked.challenge.attempt + 1, notice: wrong.notice };
    const outcome = encodeOutcome(this.#outcomeOf(login, asked, wrong.resultCode));
    const settled = await store.settle({
      ...login,
      answerId,
      keepMs: settings.keepMs,
      lockout: settings.lockout,
      kind: "wrong",
      prompt: NOTHING,
      staysInRound: true,
      challenge: challenges.seal(login.loginId, next),
      reject: NOTHING,
      outcome,
    });
    if (settled.kind !== "settled") return;
    if (settled.outcome !== undefined) {
      return concludeHeld.execute(login, decodeOutcome(settled.outcome), settled.waiting);
    }
    await this.#askAgain(login, asked, next);
  }

  #askAgain({ userId }: LoginRef, { opening, expiresAtMs }: Asked, challenge: Challenge): Promise<void> {
    return this.#parts.issueChallenge.issue({ context: opening.context, userId, challenge, expiresAtMs });
  }

  /** Locked out, or too many answers are under check: nothing that comes is judged any more. */
  async #outOfTries(given: Given, asked: Asked, reason: string): Promise<void> {
    if (reason === "bound" || reason === "round") return this.#ignore(given.given, reason);
    return this.#end(given, asked, "FAILED_AUTHENTICATION_THROTTLED", { coolsDown: false });
  }

  async #fraud(given: Given, asked: Asked): Promise<void> {
    const { answer } = given.given;
    // A device's report was kept before its answer came here.
    if (answer.channel === "call" || answer.channel === "text") {
      await this.#parts.reportFraud.execute({ ...given.login, opening: asked.opening, channel: answer.channel });
    }
    return this.#end(given, asked, "FAILED_FRAUD_REPORTED", { coolsDown: true });
  }

  async #end(
    { login }: Given,
    asked: Asked,
    resultCode: ResultCode,
    { coolsDown }: { readonly coolsDown: boolean },
  ): Promise<void> {
    const { store, settings } = this.#parts;
    const outcome = this.#outcomeOf(login, asked, resultCode);
    const accepts = outcome.verdict === "accept";
    const finished = await store.finish({
      ...login,
      outcome: encodeOutcome(outcome),
      keepMs: settings.keepMs,
      coolDownMs: coolsDown ? settings.denialCoolDownMs : 0,
      ...(accepts ? { remember: asked.challenge.remember } : {}),
    });
    if (finished.kind === "finished") await this.#conclude(login, finished);
  }

  /** The same again for the exchanges that waited; no new end. */
  async #endedBefore({ login, answerId, given }: Given): Promise<void> {
    const { store, settings, concludeHeld } = this.#parts;
    const finished = await store.finish({ ...login, outcome: NOTHING, keepMs: settings.keepMs });
    if (finished.kind === "finished") return this.#conclude(login, finished);
    const check = { ...login, answerId, exchangeId: answerId as string as ExchangeId };
    const again = await store.reserve({ ...check, round: 0, lockout: settings.lockout });
    if (again.kind === "again" && again.outcome !== undefined) {
      return concludeHeld.execute(login, decodeOutcome(again.outcome), again.waiting);
    }
    this.#ignore(given, "late");
  }

  async #conclude(
    login: LoginRef,
    finished: { readonly outcome: Uint8Array; readonly waiting: readonly Uint8Array[] },
  ): Promise<void> {
    if (finished.outcome.length === 0 || isHandedOver(finished.outcome)) return;
    await this.#parts.concludeHeld.execute(login, decodeOutcome(finished.outcome), finished.waiting);
  }

  #outcomeOf({ userId }: LoginRef, { opening, challenge }: Asked, resultCode: ResultCode) {
    const { context } = opening;
    return outcomeOf({ context, userId, userKnown: true, resultCode, challenge }, this.#parts.clock.nowMs());
  }

  #ignore({ loginId, userId, challengeId }: GivenFactorAnswer, reason: string): void {
    this.#parts.log.info("answer.ignored", { loginId, userId, challengeId, reason });
  }
}

/** Whether somebody who does not know could hit the right answer by trying: then it costs a try. */
function isGuessable({ way }: Challenge, { answer }: GivenFactorAnswer): boolean {
  if (answer.word === "deny" || answer.word === "fraud" || answer.channel === "operator") return false;
  return way.pin || way.matching !== "none" || way.method === "sms" || (way.method === "voice" && answer.text !== "");
}
