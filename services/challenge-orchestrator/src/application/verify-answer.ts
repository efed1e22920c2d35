import { type Clock, type KeyedDigest, type Log, type Sealer, Unavailable } from "@portcullis/kit";
import {
  type AnswerId,
  answerPlace,
  type DueEntry,
  decodeOutcome,
  decodeWaitingExchange,
  type Expired,
  encodeOutcome,
  encodeWaitingExchange,
  type LoginId,
  type LoginOutcome,
  type LoginRef,
  type PendingStore,
  type Reply,
  type Reserved,
  type ResultCode,
  type WaitingExchange,
} from "@portcullis/login";
import type { Challenge } from "../domain/challenge.js";
import { remainingSeconds } from "../domain/prompt.js";
import type { ChallengeSettings } from "../domain/settings.js";
import { typedCode } from "../domain/totp.js";
import { methodAskedFor } from "../domain/way.js";
import type { Challenges } from "./challenges.js";
import type { ConcludeExchange, Conclusion } from "./conclude-exchange.js";
import type { ConcludeHeld } from "./conclude-held.js";
import type { FinalReplies } from "./final-replies.js";
import type { JudgeAnswer } from "./judge-answer.js";
import type { Judgement } from "./methods/method.js";
import { outcomeOf, unansweredOutcome } from "./outcomes.js";
import type { Prompts } from "./prompts.js";
import type { SwitchMethod } from "./switch-method.js";
import type { PromptAnswer, TypedAnswer } from "./typed-answer.js";

export interface VerifyAnswerParts {
  readonly store: PendingStore;
  readonly prompts: Prompts;
  readonly challenges: Challenges;
  readonly judgeAnswer: JudgeAnswer;
  readonly switchMethod: SwitchMethod;
  readonly conclude: ConcludeExchange;
  readonly concludeHeld: ConcludeHeld;
  readonly finalReplies: FinalReplies;
  readonly settings: ChallengeSettings;
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
  readonly log: Log;
}

/** An answer on its way through the store. */
interface Given {
  readonly answer: TypedAnswer;
  readonly login: LoginRef;
  readonly answerId: AnswerId;
}

/** The login that an answer is for. */
interface Asked {
  /** The exchange that opened it. */
  readonly opening: WaitingExchange;
  readonly challenge: Challenge;
}

/** Nothing to be told now: the exchange waits for an answer that comes by another way. */
const WAITS = "waits";
type Decided = Conclusion | typeof WAITS;

/** What the store keeps of an answer. */
interface Stored {
  readonly reply: Uint8Array;
  readonly outcome: Uint8Array | undefined;
  readonly waiting: readonly Uint8Array[];
}

type RefusalReason = Extract<Reserved, { kind: "refused" }>["reason"];

/**
 * An answer was typed: a try is reserved for it, it is checked, and what came of it is recorded and told. Called again, the
 * same answer costs no further try and comes to the same. Rejects with `Unavailable` when a store is away, with any other
 * error for an answer that was not sealed for this exchange.
 */
export class VerifyAnswer {
  readonly #parts: VerifyAnswerParts;

  constructor(parts: VerifyAnswerParts) {
    this.#parts = parts;
  }

  async execute(answer: PromptAnswer): Promise<void> {
    // Nobody waits for its reply any more; an answer that costs no try is better than one that nobody hears of.
    if (this.#parts.clock.nowMs() > answer.context.deadlineMs) return;
    const { context, userId, round } = answer;
    const plain = this.#parts.sealer.open(answer.sealedAnswer, answerPlace(context.exchangeId));
    if (plain === undefined) throw new Error("An answer was not sealed for its exchange.");
    await this.verify({ context, userId, round, code: typedCode(plain.toString("utf8")) });
  }

  async verify(answer: TypedAnswer): Promise<void> {
    const decided = await this.#decide(this.#given(answer));
    if (decided !== WAITS) await this.#parts.conclude.execute(decided);
  }

  #given(answer: TypedAnswer): Given {
    const { context, userId, round, code } = answer;
    const { loginId } = context;
    return { answer, login: { userId, loginId }, answerId: this.#answerIdOf(loginId, round, code) };
  }

  /** With its round: typed again at a later prompt it is another answer, else that one's reply would be an old prompt. */
  #answerIdOf(loginId: LoginId, round: number, code: string): AnswerId {
    return this.#parts.digest.hex("answer", loginId, String(round), code) as AnswerId;
  }

  async #decide(given: Given): Promise<Decided> {
    const reserved = await this.#reserve(given);
    switch (reserved.kind) {
      case "check":
        return this.#checked(given, this.#asked(given, reserved));
      case "again":
        if (reserved.outcome === undefined) await this.#parts.switchMethod.tellAgain(given.login);
        return this.#settled(given, reserved);
      case "late":
        return this.#late(given, await this.#expire(given));
      case "refused":
        return this.#refused(given, reserved.reason);
    }
  }

  #reserve({ login, answerId, answer }: Given): Promise<Reserved> {
    const { store, settings } = this.#parts;
    const { round, context } = answer;
    const check = { ...login, answerId, exchangeId: context.exchangeId };
    return store.reserve({ ...check, round, lockout: settings.lockout });
  }

  #asked({ login }: Given, reserved: Reserved & { readonly kind: "check" }): Asked {
    const opening = decodeWaitingExchange(reserved.context);
    return { opening, challenge: this.#parts.challenges.open(login.loginId, reserved.challenge) };
  }

  async #checked(given: Given, asked: Asked): Promise<Decided> {
    const method = methodAskedFor(given.answer.code, asked.challenge.words);
    if (method === undefined) return this.#judged(given, asked, await this.#judge(given, asked));
    const switched = await this.#parts.switchMethod.execute({ ...given, ...asked, method });
    if (switched.kind === "ordinary") return this.#judged(given, asked, await this.#judge(given, asked));
    return switched.kind === "late" ? this.#afterLate(given) : this.#settled(given, switched);
  }

  async #judge({ login, answer, answerId }: Given, { opening, challenge }: Asked): Promise<Judgement> {
    const { userId, round, code, context } = answer;
    const { loginId } = opening.context;
    // Of the login that was opened, also where it has the id of an earlier one that the store has forgotten: whoever
    // repeats that one's answer then is no longer the one who used the code.
    const usedBy = this.#answerIdOf(loginId, round, code);
    try {
      return await this.#parts.judgeAnswer.typed({ userId, loginId, challenge, answerId: usedBy, text: code });
    } catch (error) {
      // The try is given back, unless another exchange checks the same answer. Where that fails too, the reservation stands
      // for this answer and costs no second one.
      await this.#release({ login, answer, answerId }).catch((failure: unknown) => {
        this.#parts.log.warn("answer.try_not_released", { loginId: context.loginId, error: failure });
      });
      throw error;
    }
  }

  #release({ login, answer, answerId }: Given): Promise<void> {
    return this.#parts.store.release({ ...login, answerId, exchangeId: answer.context.exchangeId });
  }

  async #judged(given: Given, asked: Asked, judgement: Judgement): Promise<Decided> {
    switch (judgement.kind) {
      case "right":
        return this.#right(given, asked, judgement);
      case "wrong":
        return this.#wrong(given, asked, judgement.resultCode);
      case "denied":
        return this.#denied(given, asked, judgement.resultCode);
      case "fraud":
        throw new Error("Nobody reports fraud at a prompt.");
      case "waits":
        return this.#wait(given, asked);
    }
  }

  /** What the target said to the exchange that opened the challenge goes with the accept. */
  async #right(given: Given, asked: Asked, right: Judgement & { readonly kind: "right" }): Promise<Decided> {
    const { store, prompts, finalReplies } = this.#parts;
    const { login } = given;
    const outcome = this.#outcome(given, asked, right.resultCode, right.tokenSerial);
    const reply = prompts.sealReply(login.loginId, await finalReplies.accept(asked.opening, login.userId));
    const { remember } = asked.challenge;
    const settled = await store.settle({ ...this.#step(given), kind: "right", reply, outcome, remember });
    return this.#afterSettling(given, settled);
  }

  /** Also when the login is over by now: the store counts the wrong answer all the same. */
  async #wrong(given: Given, asked: Asked, resultCode: ResultCode): Promise<Decided> {
    const { store, prompts } = this.#parts;
    const state = await this.#expire(given);
    const prompt = this.#nextPrompt(given, asked.challenge, state.kind === "running" ? state.expiresAtMs : 0);
    const reject = prompts.sealReply(given.login.loginId, this.#reject(given));
    const outcome = this.#outcome(given, asked, resultCode);
    const settled = await store.settle({ ...this.#step(given), kind: "wrong", prompt, reject, outcome });
    return this.#afterSettling(given, settled);
  }

  /** It ends at once, whatever tries are left. */
  async #denied(given: Given, asked: Asked, resultCode: ResultCode): Promise<Decided> {
    const { store, settings, concludeHeld } = this.#parts;
    const outcome = this.#outcome(given, asked, resultCode);
    const finished = await store.finish({ ...given.login, outcome, keepMs: settings.keepMs });
    if (finished.kind === "late") return this.#afterLate(given);
    const end = decodeOutcome(finished.outcome);
    await concludeHeld.tell(end, finished.waiting);
    return this.#conclusion(given, this.#reject(given), end);
  }

  /** The user says at her client that she has answered elsewhere, before or after she does. */
  async #wait(given: Given, { challenge, opening }: Asked): Promise<Decided> {
    const { store, challenges, settings, concludeHeld } = this.#parts;
    await this.#release(given);
    const { login, answer } = given;
    const { context, round } = answer;
    const { sealedAttributes, sealedDenial } = opening;
    const bytes = encodeWaitingExchange({ context, sealedAttributes, sealedDenial });
    const exchange = { exchangeId: context.exchangeId, bytes };
    const waiting = await store.wait({ ...login, round, exchange, untilMs: context.deadlineMs });
    if (waiting.kind === "ended") return this.#late(given, await this.#expire(given));
    if (waiting.kind === "late") return this.#afterLate(given);
    const now = challenges.open(login.loginId, waiting.challenge);
    if (!now.approved || now.challengeId !== challenge.challengeId) return WAITS;
    const outcome = this.#outcome(given, { challenge: now, opening }, "SUCCESS_PHONE_APP_AUTHENTICATED");
    const finished = await store.finish({ ...login, outcome, keepMs: settings.keepMs, remember: now.remember });
    if (finished.kind === "late") return this.#afterLate(given);
    await concludeHeld.execute(login, decodeOutcome(finished.outcome), finished.waiting);
    return WAITS;
  }

  #step({ login, answerId }: Given) {
    const { settings } = this.#parts;
    return { ...login, answerId, keepMs: settings.keepMs, lockout: settings.lockout };
  }

  async #afterSettling(given: Given, settled: Awaited<ReturnType<PendingStore["settle"]>>): Promise<Decided> {
    return settled.kind === "settled" ? this.#settled(given, settled) : this.#afterLate(given);
  }

  async #afterLate(given: Given): Promise<Decided> {
    const state = await this.#expire(given);
    // The login goes on, so its reservation is gone: the same exchange was checked twice at a time, and the other check gave
    // it back. Nothing was decided; asked again, a try is reserved for it first.
    if (state.kind === "running") throw new Unavailable("The try of an answer was given back during its check.");
    return this.#late(given, state);
  }

  /** The stored reply for this answer, and the login's end where it was the last one. */
  async #settled(given: Given, stored: Stored): Promise<Decided> {
    if (stored.reply.length === 0) return this.#waitsAgain(given);
    const reply = this.#parts.prompts.open(given.login.loginId, stored.reply);
    if (stored.outcome === undefined) return this.#conclusion(given, reply, undefined);
    const end = decodeOutcome(stored.outcome);
    if (stored.waiting.length > 0) await this.#parts.concludeHeld.tell(end, stored.waiting);
    return this.#conclusion(given, reply, end);
  }

  /** It asked for a way in which exchanges wait; another exchange with the same word waits too. */
  async #waitsAgain(given: Given): Promise<Decided> {
    const { store } = this.#parts;
    const { login, answer } = given;
    const status = await store.inspectLogin(login);
    if (status.kind !== "open") return this.#late(given, await this.#expire(given));
    const { sealedAttributes, sealedDenial } = decodeWaitingExchange(status.context);
    const { context } = answer;
    const bytes = encodeWaitingExchange({ context, sealedAttributes, sealedDenial });
    const exchange = { exchangeId: context.exchangeId, bytes };
    const waiting = await store.wait({ ...login, round: status.round, exchange, untilMs: context.deadlineMs });
    return waiting.kind === "waiting" ? WAITS : this.#late(given, await this.#expire(given));
  }

  /** Rejected, because the login has ended otherwise; its end is announced here as well as by whoever comes across it. */
  #late(given: Given, expired: Expired): Conclusion {
    return this.#conclusion(given, this.#reject(given), this.#endOf(given, expired));
  }

  #endOf({ login }: Given, expired: Expired): LoginOutcome | undefined {
    const { challenges, clock } = this.#parts;
    switch (expired.kind) {
      case "expired":
      case "superseded":
        return unansweredOutcome(expired, { ...login, userKnown: true }, challenges, clock.nowMs());
      case "ended":
        return decodeOutcome(expired.outcome);
      case "running":
      case "unknown":
        return undefined;
    }
  }

  /** An old prompt's answer, or one that comes after the right one, is nothing to its login: only this answer is rejected. */
  async #refused(given: Given, reason: RefusalReason): Promise<Decided> {
    const { loginId, client } = given.answer.context;
    this.#parts.log.info("answer.refused", { loginId, client, userId: given.answer.userId, reason });
    if (reason === "no-tries" || reason === "locked-out") return this.#throttled(given);
    return this.#conclusion(given, this.#reject(given), undefined);
  }

  /**
   * The reject ends the login for its client, so it ends here too, with the reason. While another answer is under check,
   * that one decides; were it this very answer, of another exchange, then of this one too.
   */
  async #throttled(given: Given): Promise<Decided> {
    const { store, settings, challenges } = this.#parts;
    const { login } = given;
    const status = await store.inspectLogin(login);
    if (status.kind !== "open") return this.#conclusion(given, this.#reject(given), undefined);
    const opening = decodeWaitingExchange(status.context);
    const challenge = challenges.open(login.loginId, status.challenge);
    const outcome = this.#outcome(given, { opening, challenge }, "FAILED_AUTHENTICATION_THROTTLED");
    const refused = await store.refuse({ ...login, outcome, keepMs: settings.keepMs });
    const again = await this.#reserve(given);
    if (again.kind === "check") return this.#checked(given, this.#asked(given, again));
    if (again.kind === "again") return this.#settled(given, again);
    const end = refused.kind === "ended" ? decodeOutcome(refused.outcome) : undefined;
    return this.#conclusion(given, this.#reject(given), end);
  }

  #conclusion({ answer, login }: Given, reply: Reply, end: LoginOutcome | undefined): Conclusion {
    const entry: DueEntry = { kind: "login", ...login };
    const { context } = answer;
    return end === undefined
      ? { context, reply, ended: [], done: [] }
      : { context, reply, ended: [end], done: [entry] };
  }

  #nextPrompt({ answer, login }: Given, challenge: Challenge, expiresAtMs: number): Uint8Array {
    const { client, userKey } = answer.context;
    const round = answer.round + 1;
    const left = remainingSeconds(expiresAtMs, this.#parts.clock.nowMs());
    const shown = { ...login, client, userKey, round, remainingSeconds: left };
    return this.#parts.prompts.seal({ ...shown, challenge, again: true, ...this.#parts.challenges.shown(challenge) });
  }

  #outcome({ answer }: Given, { opening, challenge }: Asked, resultCode: ResultCode, tokenSerial = ""): Uint8Array {
    const { userId } = answer;
    const { loginId, claimedAtMs } = opening.context;
    const context = { ...answer.context, loginId, claimedAtMs };
    const end = { context, userId, userKnown: true, resultCode, tokenSerial, challenge };
    return encodeOutcome(outcomeOf(end, this.#parts.clock.nowMs()));
  }

  #expire({ login }: Given): Promise<Expired> {
    return this.#parts.store.expire({ ...login, keepMs: this.#parts.settings.keepMs });
  }

  /** At a prompt counted from now: the login's own time is long over. */
  #reject({ answer: { context, sinceMs } }: Given): Reply {
    const exchange = { context, sealedAttributes: undefined, sealedDenial: undefined };
    return this.#parts.finalReplies.reject(exchange, sinceMs ?? this.#parts.clock.nowMs());
  }
}
