import type { LoginContext, ResultCode, UserId } from "@portcullis/login";

export interface RequestedLogin {
  readonly context: LoginContext;
  /** Undefined when the request has none. */
  readonly sealedPassword: Uint8Array | undefined;
  /** Why the gateway refuses the request itself. */
  readonly refusal: ResultCode | undefined;
}

export interface AnsweredChallenge {
  readonly context: LoginContext;
  readonly userId: UserId;
  readonly round: number;
  readonly sealedAnswer: Uint8Array;
}

/** Tells the services behind the gateway. Resolves when the event is durable; rejects with `Unavailable`. */
export interface LoginEvents {
  loginRequested(login: RequestedLogin): Promise<void>;
  challengeAnswered(answer: AnsweredChallenge): Promise<void>;
}
