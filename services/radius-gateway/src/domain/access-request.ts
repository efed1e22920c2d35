import {
  type ConversationState,
  type ExchangeId,
  isAccessListName,
  type PromptState,
  type ResultCode,
  type StateToken,
} from "@portcullis/login";
import type { PasswordCharset } from "./password-charset.js";
import { readTypedPassword, type TypingRules } from "./typed-password.js";
import type { UserName } from "./user-name.js";

/** What the gateway must know of a client besides what is in its packets. */
export interface ClientRules extends TypingRules {
  readonly name: string;
  /** How long an exchange may wait for its reply. */
  readonly timeLimitMs: number;
  /** The most exchanges that may wait or be kept, over all gateways. */
  readonly maxExchanges: number;
  /** Its target is a RADIUS server: requests travel on whole, with whatever proof of the first factor. */
  readonly forwards: boolean;
  /** It may fetch access lists from that server. */
  readonly downloadableAcls?: boolean;
  readonly passwordCharset?: PasswordCharset;
}

export type Credential =
  /** None at all, as RD Gateway does; the target decides whether that is enough. */
  | { readonly kind: "none" }
  /** The octets that were typed; may be empty. */
  | { readonly kind: "password"; readonly password: Uint8Array }
  /** Only a target that is a RADIUS server can check it. */
  | { readonly kind: "chap" | "ms-chap" | "eap" }
  /** Nobody logs in: the client fetches an access list, and has proven that it is the client. */
  | { readonly kind: "acl-download" }
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
  /** The request's attributes in clear, for a target that is a RADIUS server. */
  readonly attributes: (own: TargetsOwn) => Uint8Array;
}

/** What a target gets in the place of what the client sent. */
export interface TargetsOwn {
  /** For the client's State; undefined: none at all. */
  readonly state?: Uint8Array | undefined;
  /** For the password; undefined leaves it as it is. */
  readonly password?: Uint8Array | undefined;
}

/** What a request is in the course of a login. */
export type Step =
  | {
      readonly kind: "login";
      /** Without the code that stood behind it, in the client's octets. */
      readonly password: Uint8Array | undefined;
      readonly code: Uint8Array | undefined;
    }
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
  if (!userName.usable || !isUsable(request)) return refusal("FAILED_REQUEST_INVALID");
  const password = credential.kind === "password" ? credential.password : undefined;
  if (state === undefined) return loginOf(password, client);
  const token = openState(state);
  if (token === undefined) return refusal("FAILED_STATE_INVALID");
  if (token.kind === "conversation") {
    return client.forwards ? { kind: "round", token, password } : refusal("FAILED_STATE_INVALID");
  }
  return password === undefined ? refusal("FAILED_REQUEST_INVALID") : { kind: "answer", token, answer: password };
}

/** Only of a login: what is typed at a prompt is an answer as a whole. */
function loginOf(typed: Uint8Array | undefined, client: ClientRules): Step {
  if (typed === undefined) return { kind: "login", password: undefined, code: undefined };
  const read = readTypedPassword(typed, client);
  return read === undefined ? refusal("FAILED_REQUEST_INVALID") : { kind: "login", ...read };
}

/** Fail closed: the names of access lists are nobody's, so whoever calls herself one does not come in by it. */
function isUsable({ credential: { kind }, client, userName }: AccessRequest): boolean {
  if (kind === "acl-download") return client.forwards && client.downloadableAcls === true;
  if (isAccessListName(userName.text)) return false;
  return kind === "none" || kind === "password" || (kind !== "unusable" && client.forwards);
}

function refusal(code: ResultCode): Step {
  return { kind: "refusal", code };
}
