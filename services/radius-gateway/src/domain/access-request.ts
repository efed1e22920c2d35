import type { ConversationState, ExchangeId, PromptState, ResultCode, StateToken } from "@portcullis/login";
import type { UserName } from "./user-name.js";

/** What the gateway must know of a client besides what is in its packets. */
export interface ClientRules {
  readonly name: string;
  /** How long an exchange may wait for its reply. */
  readonly timeLimitMs: number;
  /** The most exchanges that may wait or be kept, over all gateways. */
  readonly maxExchanges: number;
  /** Its target is a RADIUS server: requests travel on whole, with whatever proof of the first factor. */
  readonly forwards: boolean;
}

export type Credential =
  /** None at all, as RD Gateway does; the target decides whether that is enough. */
  | { readonly kind: "none" }
  /** The octets that were typed; may be empty. */
  | { readonly kind: "password"; readonly password: Uint8Array }
  /** Only a target that is a RADIUS server can check it. */
  | { readonly kind: "chap" | "ms-chap" | "eap" }
  /** One that cannot be read. */
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
  /**
   * What the user key is made of: the name, or of EAP, whose outer name may be anybody's, the station. Of a looped request
   * something of its own: events of one key run one after the other, and the request that it is a copy of waits for it.
   */
  readonly keyName: string;
  /** The request has been with us before: the client's target sends to us what we send to it. */
  readonly looped: boolean;
  /**
   * The request's attributes in clear, for a target that is a RADIUS server.
   * @param state takes the place of the State that the client sent
   */
  readonly attributes: (state: Uint8Array | undefined) => Uint8Array;
}

/** What a request is in the course of a login. */
export type Step =
  | { readonly kind: "login"; readonly password: Uint8Array | undefined }
  /** The next round of a conversation with the target. */
  | { readonly kind: "round"; readonly token: ConversationState; readonly password: Uint8Array | undefined }
  | { readonly kind: "answer"; readonly token: PromptState; readonly answer: Uint8Array }
  | { readonly kind: "refusal"; readonly code: ResultCode };

/**
 * A request without State begins a login, one with a State of ours answers its prompt; any other is refused.
 * Fail closed: a stale or foreign State is no new login, which would take a code for a password (RFC 2865 section 5.24).
 * @param openState the token of a State that was issued to this client and user
 */
export function stepOf(request: AccessRequest, openState: (state: Uint8Array) => StateToken | undefined): Step {
  const { userName, credential, client, state } = request;
  if (request.looped) return refusal("FAILED_LOOP_DETECTED");
  if (!userName.usable || !isUsable(credential, client)) return refusal("FAILED_REQUEST_INVALID");
  const password = credential.kind === "password" ? credential.password : undefined;
  if (state === undefined) return { kind: "login", password };
  const token = openState(state);
  if (token === undefined) return refusal("FAILED_STATE_INVALID");
  if (token.kind === "conversation") {
    return client.forwards ? { kind: "round", token, password } : refusal("FAILED_STATE_INVALID");
  }
  return password === undefined ? refusal("FAILED_REQUEST_INVALID") : { kind: "answer", token, answer: password };
}

function isUsable({ kind }: Credential, client: ClientRules): boolean {
  return kind === "none" || kind === "password" || (kind !== "unusable" && client.forwards);
}

function refusal(code: ResultCode): Step {
  return { kind: "refusal", code };
}
