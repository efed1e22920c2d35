import type { ExchangeId, GatewayId, LoginId, UserId, UserKey } from "./ids.js";
import type { ResultCode } from "./result-codes.js";

/** Where a login stands and what it came with; the same in every event of the login. */
export interface LoginContext {
  readonly loginId: LoginId;
  /** The exchange that waits for a reply. */
  readonly exchangeId: ExchangeId;
  readonly userKey: UserKey;
  readonly gatewayId: GatewayId;
  /** The RADIUS client's name. */
  readonly client: string;
  /** As it was typed; control characters escaped. */
  readonly userName: string;
  /** Calling-Station-Id or the machine's name; empty when the client sends none. */
  readonly station: string;
  readonly sourceAddress: string;
  /** When the exchange was claimed, in milliseconds since 1970, on the store's clock. */
  readonly claimedAtMs: number;
  /** When the event is worthless, on the store's clock. */
  readonly deadlineMs: number;
}

/** What the RADIUS client is told. */
export type Verdict = "accept" | "reject" | "challenge" | "discard";

/** The reply to one exchange: with the request itself it gives the same octets at any gateway. */
export interface Reply {
  readonly verdict: Verdict;
  /** State for an Access-Challenge; empty otherwise. */
  readonly state: Uint8Array;
  /** Text for the user, at most 1,000 bytes of UTF-8; may be empty. */
  readonly message: string;
  /** Not to be sent before this time, in milliseconds since 1970, on the store's clock; 0 for at once. */
  readonly notBeforeMs: number;
  /** How long the challenge may be answered, in seconds; 0 when there is none. */
  readonly sessionTimeoutSeconds: number;
  /** Further attributes as on the wire, hidden ones in clear; may be empty. */
  readonly attributes: Uint8Array;
  /** Where the salts of hidden attributes begin: 15 bits. */
  readonly salt: number;
}

/** How a login ended: the material of `LoginDecided` and of the audit row. */
export interface LoginOutcome {
  readonly context: LoginContext;
  readonly verdict: Exclude<Verdict, "challenge">;
  readonly resultCode: ResultCode;
  /** Of a user whom we do not know, her user key. */
  readonly userId: UserId;
  readonly userKnown: boolean;
  /** The token whose code was right; empty otherwise. */
  readonly tokenSerial: string;
  /** The method that she was asked by last; empty when she was not asked. */
  readonly method: string;
  /** The last challenge that reached a person; empty when none did. */
  readonly challengeId: string;
  readonly decidedAtMs: number;
}
