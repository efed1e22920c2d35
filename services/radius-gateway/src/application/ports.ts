import type { ExchangeId, LoginContext, ResultCode, UserId, UserKey } from "@portcullis/login";
import type { Credential } from "../domain/access-request.js";
import type { AccountingRecord } from "../domain/accounting-request.js";

export interface RequestedLogin {
  readonly context: LoginContext;
  readonly credential: Credential["kind"];
  /** Undefined when the request has none. */
  readonly sealedPassword: Uint8Array | undefined;
  /** Undefined when no code stood behind the password. */
  readonly sealedCode: Uint8Array | undefined;
  /** Undefined unless the request travels on whole. */
  readonly sealedAttributes: Uint8Array | undefined;
  /** The server of the target that has to go on, of a further round. */
  readonly server: string | undefined;
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

export interface ReceivedAccounting {
  readonly userKey: UserKey;
  readonly client: string;
  readonly sourceAddress: string;
  readonly record: AccountingRecord;
  readonly occurredAtMs: number;
}

export interface RequestedAccounting {
  readonly exchangeId: ExchangeId;
  readonly userKey: UserKey;
  readonly client: string;
  readonly sealedAttributes: Uint8Array;
  readonly deadlineMs: number;
  /** The duplicate window. */
  readonly keepMs: number;
}

/** What becomes of accounting. Resolves when the event is durable; rejects with `Unavailable`. */
export interface AccountingEvents {
  received(accounting: ReceivedAccounting): Promise<void>;
  requested(accounting: RequestedAccounting): Promise<void>;
}
