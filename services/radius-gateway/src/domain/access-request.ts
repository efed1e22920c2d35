import type { ExchangeId, ResultCode, StateToken } from "@portcullis/login";
import type { UserName } from "./user-name.js";

/** What the gateway must know of a client besides what is in its packets. */
export interface ClientRules {
  readonly name: string;
  /** How long an exchange may wait for its reply. */
  readonly timeLimitMs: number;
  /** The most exchanges that may wait or be kept, over all gateways. */
  readonly maxExchanges: number;
}

export type Credential =
  /** None at all, as RD Gateway does; the target decides whether that is enough. */
  | { readonly kind: "none" }
  /** The octets that were typed; may be empty. */
  | { readonly kind: "password"; readonly password: Uint8Array }
  /** A kind of proof that nobody here can check, or one that cannot be read. */
  | { readonly kind: "unusable" };

/** An Access-Request that its client's secret, as far as it must, vouches for. */
export interface AccessRequest {
  readonly exchangeId: ExchangeId;
  /** What the client may use for one exchange at a time. */
  readonly slot: string;
  readonly client: ClientRules;
  readonly sourceAddress: string;
  readonly userName: UserName;
  /** Calling-Station-Id or the machine's name, printable; empty when there is none. */
  readonly station: string;
  readonly state: Uint8Array | undefined;
  readonly credential: Credential;
}

/** What a request is in the course of a login. */
export type Step =
  | { readonly kind: "login"; readonly password: Uint8Array | undefined }
  | { readonly kind: "answer"; readonly token: StateToken; readonly answer: Uint8Array }
  | { readonly kind: "refusal"; readonly code: ResultCode };

/**
 * A request without State begins a login, one with a State of ours answers its prompt; any other is refused.
 * Fail closed: a stale or foreign State is no new login, which would take a code for a password (RFC 2865 section 5.24).
 * @param openState the token of a State that was issued to this client and user
 */
export function stepOf(request: AccessRequest, openState: (state: Uint8Array) => StateToken | undefined): Step {
  const { userName, credential, state } = request;
  if (!userName.usable || credential.kind === "unusable") return refusal("FAILED_REQUEST_INVALID");
  const password = credential.kind === "password" ? credential.password : undefined;
  if (state === undefined) return { kind: "login", password };
  const token = openState(state);
  if (token === undefined) return refusal("FAILED_STATE_INVALID");
  return password === undefined ? refusal("FAILED_REQUEST_INVALID") : { kind: "answer", token, answer: password };
}

function refusal(code: ResultCode): Step {
  return { kind: "refusal", code };
}
