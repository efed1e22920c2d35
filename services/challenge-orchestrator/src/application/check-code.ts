import { createSecretKey } from "node:crypto";
import type { Clock, Log, Sealer, Stages } from "@portcullis/kit";
import type { AnswerId, ResultCode, UserId } from "@portcullis/login";
import { type CodeFailure, type CodeVerdict, judgeCode, tellingFailure } from "../domain/code-verdict.js";
import { type Token, tokenSecretPlace } from "../domain/token.js";
import { matchingSteps, stepAt } from "../domain/totp.js";
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
  readonly windowSteps: number;
}

interface JudgedToken {
  readonly serial: string;
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
    const { enabled, tokens } = await this.#parts.factors.find(typed.userId);
    const judged = tokens.map((token) => ({ serial: token.serial, verdict: this.#judge(token, typed) }));
    // She was switched off while the prompt was open.
    if (!enabled) return { right: false, resultCode: "FAILED_USER_DISABLED" };
    const before = judged.find(({ verdict }) => verdict.kind === "used-by-this-answer");
    if (before !== undefined) return { right: true, serial: before.serial };
    return this.#useFirst(judged, typed.answerId);
  }

  #judge(token: Token, { userId, code, answerId }: TypedCode): CodeVerdict {
    const { sealer, clock, windowSteps, log } = this.#parts;
    const { serial, algorithm, digits, periodSeconds } = token;
    const secret = sealer.open(token.sealedSecret, tokenSecretPlace(serial, userId));
    if (secret === undefined) {
      // Fail closed: a secret that was not sealed for this token proves nothing.
      log.error("token.secret_unreadable", { serial });
      return { kind: "failed", failure: "FAILED_OATH_CODE_INCORRECT" };
    }
    const window = { step: stepAt(clock.nowMs(), periodSeconds), widthSteps: windowSteps };
    const matches = matchingSteps({ secret: createSecretKey(secret), algorithm, digits, periodSeconds }, code, window);
    return judgeCode(matches, token, answerId);
  }

  async #useFirst(judged: readonly JudgedToken[], answerId: AnswerId): Promise<CodeCheck> {
    const failures: CodeFailure[] = [];
    for (const { serial, verdict } of judged) {
      if (verdict.kind === "failed") failures.push(verdict.failure);
      if (verdict.kind !== "unused") continue;
      if (await this.#parts.factors.useStep({ serial, step: verdict.step, answerId })) return { right: true, serial };
      failures.push("FAILED_OATH_CODE_DUPLICATE"); // Another answer was faster.
    }
    return { right: false, resultCode: tellingFailure(failures) };
  }
}
