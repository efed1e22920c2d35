import type { LoginContext, ResultCode, UserId, WaitingExchange } from "@portcullis/login";

/** What proved the first factor. */
export type CredentialKind = "none" | "password" | "chap" | "ms-chap" | "eap" | "acl-download";

/** How the first factor of a login ended. */
export interface PrimaryDecision extends WaitingExchange {
  readonly context: LoginContext;
  readonly userId: UserId;
  readonly userKnown: boolean;
  /** Nothing but an unprotected outer name says who the user is. */
  readonly identityUnproven: boolean;
  readonly credential: CredentialKind;
  /** Empty when it was refused. */
  readonly credentialDigest: string;
  /** The code that stood behind the password, sealed for the exchange; undefined when there was none. */
  readonly sealedCode: Uint8Array | undefined;
  readonly result: FirstFactorResult;
  /** Of a login that the target has challenged, now or before. */
  readonly conversation: Conversation | undefined;
}

interface Conversation {
  /** The server that has to get the next round. */
  readonly server: string;
  /** The State that it gave, for a challenge. */
  readonly state: Uint8Array;
  /** Whether the target has challenged before. */
  readonly further: boolean;
}

export type FirstFactorResult =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly resultCode: ResultCode }
  /** The target asks something itself. */
  | { readonly kind: "challenged" };
