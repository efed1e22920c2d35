import type { Clock } from "@portcullis/kit";
import type { ResultCode, UserId } from "@portcullis/login";
import type { MethodName } from "../domain/user-factors.js";
import type { ElsewhereAnswer, Judgement, Method, TypedText } from "./methods/method.js";
import type { Factors } from "./ports.js";

export type Methods = Readonly<Record<MethodName, Method>>;

export interface JudgeAnswerParts {
  readonly methods: Methods;
  readonly factors: Pick<Factors, "find">;
  readonly clock: Clock;
}

/** Judges an answer by the method that the login asks for, and what is right once more by the standing of its user. */
export class JudgeAnswer {
  readonly #parts: JudgeAnswerParts;

  constructor(parts: JudgeAnswerParts) {
    this.#parts = parts;
  }

  async typed(answer: TypedText): Promise<Judgement> {
    const { method } = answer.challenge.way;
    const judgement = await this.#parts.methods[method].typed(answer);
    // A token's code is checked together with her standing.
    return judgement.kind === "right" && judgement.tokenSerial === undefined
      ? ((await this.#trouble(answer.userId)) ?? judgement)
      : judgement;
  }

  async elsewhere(answer: ElsewhereAnswer): Promise<Judgement> {
    const { method } = answer.challenge.way;
    const { word } = answer.answer;
    const saysYes = word === "approve" || word === "text";
    const trouble = saysYes ? await this.#trouble(answer.userId) : undefined;
    const judgement = await this.#parts.methods[method].elsewhere(answer);
    return trouble === undefined || judgement.kind === "fraud" ? judgement : trouble;
  }

  /** What was so when she was asked may not be so any more. */
  async #trouble(userId: UserId): Promise<Judgement | undefined> {
    const { factors, clock } = this.#parts;
    const resultCode = standingTrouble(await factors.find(userId), clock.nowMs());
    return resultCode === undefined ? undefined : { kind: "denied", resultCode, byUser: false };
  }
}

/** Why a user may not come in, whatever she has answered. */
function standingTrouble(
  { enabled, blockedUntilMs }: { readonly enabled: boolean; readonly blockedUntilMs: number | undefined },
  nowMs: number,
): ResultCode | undefined {
  if (!enabled) return "FAILED_USER_DISABLED";
  return (blockedUntilMs ?? 0) > nowMs ? "FAILED_USER_BLOCKED" : undefined;
}
