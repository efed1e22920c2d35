import { createSecretKey } from "node:crypto";
import type { Clock, Log, Sealer, Stages } from "@portcullis/kit";
import type { AnswerId, ResultCode, UserId } from "@portcullis/login";
import { type CodeFailure, type CodeVerdict, judgeCode, tellingFailure } from "../domain/code-verdict.js";
import { codeWindow, learntDrift, type WindowWidths } from "../domain/code-window.js";
import { type Token, tokenSecretPlace } from "../domain/token.js";
import { matchingSteps } from "../domain/totp.js";
import type { Factors } from "./ports.js";

/** A code to be checked against the tokens of a user. */
export interface TypedCode {
  readonly userId: UserId;
  readonly answerId: AnswerId;
  /** As `typedCode` gives it. */
  readonly code: string;
}

export type CodeCheck =
  | { readonly right: true; readonly serial: string }
  | { readonly right: false; readonly resultCode: ResultCode };

export interface CheckCodeParts {
  readonly factors: Factors;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Log;
  readonly stages: Pick<Stages, "observe">;
  readonly widths: WindowWidths;
}

interface JudgedToken {
  readonly token: Token;
  readonly verdict: CodeVerdict;
}

/**
 * Checks a code against all tokens of a user, and takes its step so that it works once. The same answer, checked again, is
 * right again. Rejects with `Unavailable` when the database is away: without the compare-and-set nothing is right.
 */
export class CheckCode {
  readonly #parts: CheckCodeParts;

  constructor(parts: CheckCodeParts) {
    this.#parts = parts;
  }

  async execute(typed: TypedCode): Promise<CodeCheck> {
    const startedAt = performance.now();
    const check = await this.#check(typed);
    this.#parts.stages.observe("orchestrator.verify", startedAt);
    return check;
  }

  async #check(typed: TypedCode): Promise<CodeCheck> {
    const { enabled, blockedUntilMs, tokens } = await this.#parts.factors.find(typed.userId);
    const nowMs = this.#parts.clock.nowMs();
    const judged = tokens.map((token) => ({ token, verdict: this.#judge(token, typed, nowMs) }));
    // She was switched off, or blocked, while the prompt was open.
    if (!enabled) return { right: false, resultCode: "FAILED_USER_DISABLED" };
    if ((blockedUntilMs ?? 0) > nowMs) return { right: false, resultCode: "FAILED_USER_BLOCKED" };
    const before = judged.find(({ verdict }) => verdict.kind === "used-by-this-answer");
    if (before !== undefined) return { right: true, serial: before.token.serial };
    return this.#useFirst(judged, typed.answerId, nowMs);
  }

  #judge(token: Token, { userId, code, answerId }: TypedCode, nowMs: number): CodeVerdict {
    const { sealer, widths, log } = this.#parts;
    const { serial, algorithm, digits } = token;
    const secret = sealer.open(token.sealedSecret, tokenSecretPlace(serial, userId));
    if (secret === undefined) {
      // Fail closed: a secret that was not sealed for this token proves nothing.
      log.error("token.secret_unreadable", { serial });
      return { kind: "failed", failure: "FAILED_OATH_CODE_INCORRECT" };
    }
    const window = codeWindow(token, nowMs, widths);
    const matches = matchingSteps({ secret: createSecretKey(secret), algorithm, digits }, code, window);
    return judgeCode(matches, token, answerId);
  }

  async #useFirst(judged: readonly JudgedToken[], answerId: AnswerId, nowMs: number): Promise<CodeCheck> {
    const failures: CodeFailure[] = [];
    for (const { token, verdict } of judged) {
      if (verdict.kind === "failed") failures.push(verdict.failure);
      if (verdict.kind !== "unused") continue;
      const { serial } = token;
      const { step } = verdict;
      const driftSteps = learntDrift(token, step, nowMs);
      if (await this.#parts.factors.useStep({ serial, step, answerId, driftSteps })) return { right: true, serial };
      failures.push("FAILED_OATH_CODE_DUPLICATE"); // Another answer was faster.
    }
    return { right: false, resultCode: tellingFailure(failures) };
  }
}
