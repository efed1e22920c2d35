import type { ResultCode } from "@portcullis/login";

/** What a client demands of its users. */
export interface ClientPolicy {
  /** Whether a second factor is asked for. */
  readonly mfa: boolean;
  /** Whether a user whom we do not know, or who has no factor, is rejected. */
  readonly requireUserMatch: boolean;
}

/** A user whose first factor was proven. */
export interface UserStanding {
  readonly known: boolean;
  readonly enabled: boolean;
  /** Whether she has a token. */
  readonly enrolled: boolean;
}

export type SecondFactor = { readonly kind: "challenge" } | { readonly kind: "end"; readonly resultCode: ResultCode };

/** Decides what follows a proven first factor: a challenge, or the end of the login. */
export function secondFactorOf(client: ClientPolicy, user: UserStanding): SecondFactor {
  if (!client.mfa) return end("SUCCESS_MFA_NOT_REQUIRED");
  if (!user.known) return end(client.requireUserMatch ? "FAILED_USER_UNKNOWN" : "SUCCESS_USER_NOT_ENROLLED");
  if (!user.enabled) return end("FAILED_USER_DISABLED");
  if (!user.enrolled) return end(client.requireUserMatch ? "FAILED_USER_NOT_ENROLLED" : "SUCCESS_USER_NOT_ENROLLED");
  return { kind: "challenge" };
}

/** Whether the decision depends on what the database knows of the user: without a second factor nobody asks it. */
export function asksForFactors(client: ClientPolicy, user: Pick<UserStanding, "known">): boolean {
  return client.mfa && user.known;
}

function end(resultCode: ResultCode): SecondFactor {
  return { kind: "end", resultCode };
}
