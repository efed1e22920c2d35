import type { ResultCode } from "@portcullis/login";
import type { CredentialKind } from "./primary-decision.js";

/** How the second factor is asked for: by a prompt for a code, or of an operator, for trying. */
type SecondFactorMethod = "code" | "manual";

/** Whether a client can show a prompt and send its answer. `auto`: where the request has a password, an answer comes the same way. */
type Prompting = "auto" | "always" | "never";

/** What a client demands of its users. */
export interface ClientPolicy {
  /** Whether a second factor is asked for. */
  readonly mfa: boolean;
  /** Whether a user whom we do not know, or who has no factor, is rejected. */
  readonly requireUserMatch: boolean;
  readonly secondFactor: SecondFactorMethod;
  readonly prompting: Prompting;
  /** Whether it may fetch access lists, which is no login of anybody. */
  readonly downloadableAcls: boolean;
}

/** A user whose first factor was proven. */
export interface UserStanding {
  readonly known: boolean;
  /** Nothing but an unprotected outer name says who she is. */
  readonly identityUnproven: boolean;
  readonly enabled: boolean;
  /** Whether she has a token. */
  readonly enrolled: boolean;
}

export type SecondFactor =
  | { readonly kind: "prompt" }
  /** The code that came with the password is checked at once. */
  | { readonly kind: "check" }
  /** The exchanges wait; the answer comes by another way. */
  | { readonly kind: "hold" }
  | { readonly kind: "end"; readonly resultCode: ResultCode };

/** What a login came with. */
export interface LoginProof {
  readonly credential: CredentialKind;
  /** A code stood behind the password. */
  readonly hasCode: boolean;
}

/** Decides what follows a proven first factor: a check, a prompt, a wait, or the end of the login. */
export function secondFactorOf(
  client: ClientPolicy,
  user: UserStanding,
  { credential, hasCode }: LoginProof,
): SecondFactor {
  if (credential === "acl-download") {
    // Fail closed: the gateway asks only for clients that may; our copy of the configuration is the newer one.
    return end(client.downloadableAcls ? "SUCCESS_ACL_DOWNLOAD" : "FAILED_REQUEST_INVALID");
  }
  if (!client.mfa) return end("SUCCESS_MFA_NOT_REQUIRED");
  // Whoever she is, she chose that name herself: neither another user's factor nor the leniency for unknown users is hers.
  if (user.identityUnproven) return end("FAILED_IDENTITY_UNPROVEN");
  if (!user.known) return end(client.requireUserMatch ? "FAILED_USER_UNKNOWN" : "SUCCESS_USER_NOT_ENROLLED");
  if (!user.enabled) return end("FAILED_USER_DISABLED");
  if (client.secondFactor === "manual") return { kind: "hold" };
  if (!user.enrolled) return end(client.requireUserMatch ? "FAILED_USER_NOT_ENROLLED" : "SUCCESS_USER_NOT_ENROLLED");
  if (hasCode) return { kind: "check" };
  return showsPrompts(client, credential) ? { kind: "prompt" } : end("FAILED_PROMPT_NOT_POSSIBLE");
}

/** Whether the decision depends on what the database knows of the user: without a second factor nobody asks it. */
export function asksForFactors(client: ClientPolicy, user: Pick<UserStanding, "known">): boolean {
  return client.mfa && user.known;
}

/** CHAP, MS-CHAP and EAP have no way for the answer to a prompt of ours; RD Gateway, which sends no credential, ignores it. */
function showsPrompts({ prompting }: ClientPolicy, credential: CredentialKind): boolean {
  switch (prompting) {
    case "auto":
      return credential === "password";
    case "always":
      return credential === "password" || credential === "none";
    case "never":
      return false;
  }
}

function end(resultCode: ResultCode): SecondFactor {
  return { kind: "end", resultCode };
}
