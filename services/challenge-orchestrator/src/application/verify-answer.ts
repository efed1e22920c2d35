import { type Clock, type KeyedDigest, type Log, type Sealer, Unavailable } from "@portcullis/kit";
import {
  type AnswerId,
  answerPlace,
  type DueEntry,
  decodeOutcome,
  decodeWaitingExchange,
  type Expired,
  encodeOutcome,
  type LoginContext,
  type LoginId,
  type LoginOutcome,
  type LoginRef,
  type PendingStore,
  type Reply,
  type Reserved,
  type ResultCode,
  type UserId,
  type WaitingExchange,
} from "@portcullis/login";
import { remainingSeconds } from "../domain/prompt.js";
import type { ChallengeSettings } from "../domain/settings.js";
import { typedCode } from "../domain/totp.js";
import type { CheckCode, CodeCheck } from "./check-code.js";
import type { ConcludeExchange, Conclusion } from "./conclude-exchange.js";
import type { FinalReplies } from "./final-replies.js";
import { outcomeOf } from "./outcomes.js";
import type { Prompts } from "./prompts.js";

/** An answer that a user typed at a prompt. */
export interface PromptAnswer {
  /** `loginId` is that of the prompt's login, `exchangeId` that of this answer. */
  readonly context: LoginContext;
  readonly userId: UserId;
  /** Of the prompt that was answered. */
  readonly round: number;
  readonly sealedAnswer: Uint8Array;
}

/** An answer as it was typed. */
export interface TypedAnswer extends Pick<PromptAnswer, "context" | "userId" | "round"> {
  /** As `typedCode` gives it. */
  readonly code: string;
  /**
   * Since when a reject of it is held back; undefined: since its check. Where the password came with it, since the request,
   * as for a wrong password: else its time would tell which of the two was wrong.
   */
  readonly sinceMs?: number;
}

export interface VerifyAnswerParts {
  readonly store: PendingStore;
  readonly prompts: Prompts;
  readonly checkCode: CheckCode;
  readonly conclude: ConcludeExchange;
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
    await this.#parts.conclude.execute(await this.#decide(this.#given(answer)));
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

  async #decide(given: Given): Promise<Conclusion> {
    const reserved = await this.#reserve(given);
    switch (reserved.kind) {
      case "check":
        return this.#checked(given, decodeWaitingExchange(reserved.context));
      case "again":
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

  async #checked(given: Given, opening: WaitingExchange): Promise<Conclusion> {
    return this.#settle(given, await this.#check(given, opening), opening);
  }

  async #check({ login, answer, answerId }: Given, opening: WaitingExchange): Promise<CodeCheck> {
    const { userId, round, code, context } = answer;
    // Of the login that was opened, also where it has the id of an earlier one that the store has forgotten: whoever
    // repeats that one's answer then is no longer the one who used the code.
    const usedBy = this.#answerIdOf(opening.context.loginId, round, code);
    try {
      return await this.#parts.checkCode.execute({ userId, answerId: usedBy, code });
    } catch (error) {
      // The try is given back, unless another exchange checks the same answer. Where that fails too, the reservation stands
      // for this answer and costs no second one.
      const check = { ...login, answerId, exchangeId: context.exchangeId };
      await this.#parts.store.release(check).catch((failure: unknown) => {
        this.#parts.log.warn("answer.try_not_released", { loginId: login.loginId, error: failure });
      });
      throw error;
    }
  }

  /** @param opening the exchange that opened the challenge: what its target said goes with the accept */
  async #settle(given: Given, check: CodeCheck, opening: WaitingExchange): Promise<Conclusion> {
    const { store, settings, prompts, finalReplies } = this.#parts;
    const { login, answerId } = given;
    const step = { ...login, answerId, keepMs: settings.keepMs, lockout: settings.lockout };
    if (check.right) {
      const outcome = this.#outcome(given, opening, "SUCCESS_OATH_CODE_VERIFIED", check.serial);
      const reply = prompts.sealReply(login.loginId, await finalReplies.accept(opening, login.userId));
      return this.#afterSettling(given, await store.settle({ ...step, kind: "right", reply, outcome }));
    }
    // Also when the login is over by now: the store counts the wrong answer all the same.
    const state = await this.#expire(given);
    const prompt = this.#nextPrompt(given, state.kind === "running" ? state.expiresAtMs : 0);
    const reject = prompts.sealReply(login.loginId, this.#reject(given));
    const outcome = this.#outcome(given, opening, check.resultCode);
    return this.#afterSettling(given, await store.settle({ ...step, kind: "wrong", prompt, reject, outcome }));
  }

  async #afterSettling(given: Given, settled: Awaited<ReturnType<PendingStore["settle"]>>): Promise<Conclusion> {
    if (settled.kind === "settled") return this.#settled(given, settled);
    const state = await this.#expire(given);
    // The login goes on, so its reservation is gone: the same exchange was checked twice at a time, and the other check gave
    // it back. Nothing was decided; asked again, a try is reserved for it first.
    if (state.kind === "running") throw new Unavailable("The try of an answer was given back during its check.");
    return this.#late(given, state);
  }

  /** The stored reply for this answer, and the login's end where it was the last one. */
  #settled(given: Given, stored: { reply: Uint8Array; outcome: Uint8Array | undefined }): Conclusion {
    const reply = this.#parts.prompts.open(given.login.loginId, stored.reply);
    return this.#conclusion(given, reply, stored.outcome === undefined ? undefined : decodeOutcome(stored.outcome));
  }

  /** Rejected, because the login has ended otherwise; its end is announced here as well as by whoever comes across it. */
  #late(given: Given, expired: Expired): Conclusion {
    return this.#conclusion(given, this.#reject(given), this.#endOf(given, expired));
  }

  #endOf({ answer }: Given, expired: Expired): LoginOutcome | undefined {
    const ended = (context: Uint8Array, resultCode: ResultCode) => {
      const end = {
        context: decodeWaitingExchange(context).context,
        userId: answer.userId,
        userKnown: true,
        resultCode,
      };
      return outcomeOf(end, this.#parts.clock.nowMs());
    };
    switch (expired.kind) {
      case "expired":
        return ended(expired.context, "FAILED_CHALLENGE_EXPIRED");
      case "superseded":
        return ended(expired.context, "FAILED_CHALLENGE_SUPERSEDED");
      case "ended":
        return decodeOutcome(expired.outcome);
      case "running":
      case "unknown":
        return undefined;
    }
  }

  /** An old prompt's answer, or one that comes after the right one, is nothing to its login: only this answer is rejected. */
  async #refused(given: Given, reason: RefusalReason): Promise<Conclusion> {
    const { loginId, client } = given.answer.context;
    this.#parts.log.info("answer.refused", { loginId, client, userId: given.answer.userId, reason });
    if (reason === "no-tries" || reason === "locked-out") return this.#throttled(given);
    return this.#conclusion(given, this.#reject(given), undefined);
  }

  /**
   * The reject ends the login for its client, so it ends here too, with the reason. While another answer is under check,
   * that one decides; were it this very answer, of another exchange, then of this one too.
   */
  async #throttled(given: Given): Promise<Conclusion> {
    const { store, settings } = this.#parts;
    const { login } = given;
    const status = await store.inspectLogin(login);
    if (status.kind !== "open") return this.#conclusion(given, this.#reject(given), undefined);
    const opening = decodeWaitingExchange(status.context);
    const outcome = this.#outcome(given, opening, "FAILED_AUTHENTICATION_THROTTLED");
    const refused = await store.refuse({ ...login, outcome, keepMs: settings.keepMs });
    const again = await this.#reserve(given);
    if (again.kind === "check") return this.#checked(given, decodeWaitingExchange(again.context));
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

  #nextPrompt({ answer, login }: Given, expiresAtMs: number): Uint8Array {
    const { client, userKey } = answer.context;
    const round = answer.round + 1;
    const left = remainingSeconds(expiresAtMs, this.#parts.clock.nowMs());
    return this.#parts.prompts.seal({ ...login, client, userKey, round, remainingSeconds: left });
  }

  #outcome({ answer }: Given, opening: WaitingExchange, resultCode: ResultCode, tokenSerial = ""): Uint8Array {
    const { userId } = answer;
    const { loginId, claimedAtMs } = opening.context;
    const context = { ...answer.context, loginId, claimedAtMs };
    const end = { context, userId, userKnown: true, resultCode, tokenSerial };
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
