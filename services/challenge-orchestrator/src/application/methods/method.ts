import type { AnswerId, LoginId, ResultCode, UserId } from "@portcullis/login";
import type { AnswerFromElsewhere, Challenge, Notice } from "../../domain/challenge.js";

/** An answer that waits to be judged. */
export interface GivenAnswer {
  readonly userId: UserId;
  readonly loginId: LoginId;
  readonly challenge: Challenge;
}

/** One that was typed at the client's prompt. */
export interface TypedText extends GivenAnswer {
  /** By which a code of a token is used once. */
  readonly answerId: AnswerId;
  /** As `typedCode` gives it. */
  readonly text: string;
}

export interface ElsewhereAnswer extends GivenAnswer {
  /** The RADIUS client's name. */
  readonly client: string;
  readonly answer: AnswerFromElsewhere;
}

export type Judgement =
  | { readonly kind: "right"; readonly resultCode: ResultCode; readonly tokenSerial?: string }
  /** Costs a try. */
  | { readonly kind: "wrong"; readonly resultCode: ResultCode; readonly notice: Notice }
  /** Ends the login at once. `byUser`: she said no, so her station cools down. */
  | { readonly kind: "denied"; readonly resultCode: ResultCode; readonly byUser: boolean }
  | { readonly kind: "fraud" }
  /** It is no answer, yet its exchange may wait for one that comes by another way. */
  | { readonly kind: "waits" };

/** One method of the second factor: what is right, in each of its modes. */
export interface Method {
  /** Judges what was typed at the client's prompt. */
  typed(answer: TypedText): Promise<Judgement>;
  /** Judges what came by another way. */
  elsewhere(answer: ElsewhereAnswer): Promise<Judgement>;
}

/** Nothing that this method asks for. */
export function unasked(resultCode: ResultCode): Judgement {
  return { kind: "wrong", resultCode, notice: "none" };
}
