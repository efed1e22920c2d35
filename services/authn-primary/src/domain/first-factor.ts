import type { ExchangeId, LoginContext, ResultCode, UserId } from "@portcullis/login";
import type { Account } from "./account.js";

/** What proves the first factor. */
export type CredentialKind = "none" | "password" | "chap" | "ms-chap" | "eap" | "acl-download";

/** One try at the first factor, as a target gets it. */
export interface Attempt {
  readonly exchangeId: ExchangeId;
  /** The RADIUS client that asks. */
  readonly client: string;
  /** Undefined for a user whom we do not know. */
  readonly account: Account | undefined;
  /** UTF-8 as it was typed, may be empty; undefined when the request has none. */
  readonly password: Uint8Array | undefined;
  readonly credential: CredentialKind;
  /** The request's attributes in clear, where the target is a RADIUS server. */
  readonly attributes: Uint8Array | undefined;
  /** The server that has to go on, of a further round. */
  readonly server: string | undefined;
  /** Until when an answer is of use, on the store's clock. */
  readonly deadlineMs: number;
}

/** What a target says. Attributes are in clear, as on the wire. */
export type TargetAnswer =
  | {
      readonly kind: "accepted";
      readonly attributes?: Uint8Array;
      /** What a reject must have, should the login fail after this. */
      readonly denial?: Uint8Array;
      /** The user as the target names her; undefined where it names nobody. */
      readonly userName?: string;
    }
  | { readonly kind: "refused"; readonly reason: ResultCode; readonly attributes?: Uint8Array }
  /** It asks something itself. */
  | {
      readonly kind: "challenged";
      readonly server: string;
      readonly state: Uint8Array;
      readonly attributes: Uint8Array;
    };

/** How the first factor ended. */
export interface FirstFactorDecision {
  readonly context: LoginContext;
  readonly credential: CredentialKind;
  readonly answer: TargetAnswer;
  /** Of a user whom we do not know, her user key. */
  readonly userId: UserId;
  readonly userKnown: boolean;
  /** Nothing but an unprotected outer name says who the user is. */
  readonly identityUnproven: boolean;
  /** The login name of the user whom the target named; undefined when it named nobody whom we know. */
  readonly provenName: string | undefined;
  /** Keyed digest of what proved the first factor; empty when nothing did. */
  readonly credentialDigest: string;
  /** The code that stood behind the password, as it came: who checks the second factor opens it. */
  readonly sealedCode: Uint8Array | undefined;
  /** The server that challenges, or has done so before. */
  readonly server: string | undefined;
  /** Whether it has done so before. */
  readonly further: boolean;
}
