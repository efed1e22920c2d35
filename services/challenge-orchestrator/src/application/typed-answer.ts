import type { LoginContext, UserId } from "@portcullis/login";

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
