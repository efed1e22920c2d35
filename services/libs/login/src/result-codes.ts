/**
 * Why a login ended as it did. One table for the whole product: what the RADIUS client is told, how loud the log is,
 * and what the operator does about it. The metric's label is the code itself.
 */
export const RESULT_CODES = {
  SUCCESS_OATH_CODE_VERIFIED: success("Nothing."),
  SUCCESS_MFA_NOT_REQUIRED: success("Nothing; the client has `mfa: false`."),
  SUCCESS_MANUAL: success("Nothing; an operator approved it, which is for trying only."),
  SUCCESS_ACL_DOWNLOAD: success("Nothing; a client with `downloadableAcls` got an access list, nobody logged in."),
  SUCCESS_USER_NOT_ENROLLED: success("Give the user a token, or set the client's `requireUserMatch`."),
  FAILED_PRIMARY_REJECTED: reject("Nothing; many of them from one place are an attack on passwords."),
  FAILED_USER_UNKNOWN: reject("Add the user, or find out who tries names."),
  FAILED_IDENTITY_UNPROVEN: reject("Let the target return the inner identity as User-Name in its Access-Accept."),
  FAILED_USER_DISABLED: reject("Enable the user if she may come in again."),
  FAILED_USER_NOT_ENROLLED: reject("Give the user a token."),
  FAILED_OATH_CODE_INCORRECT: reject("Nothing; when it repeats, check the token and the clock of its device."),
  FAILED_OATH_CODE_DUPLICATE: reject("Tell the user to wait for the next code; repeated, somebody replays codes."),
  FAILED_OATH_CODE_OLD: reject("Check the clock of the user's device; repeated, somebody replays codes."),
  FAILED_PROMPT_NOT_POSSIBLE: reject("Give the user a method that needs no prompt: this client shows none."),
  FAILED_MANUAL_DENIED: reject("Nothing; an operator denied it, which is for trying only."),
  FAILED_CHALLENGE_EXPIRED: reject("Raise the client's `challengeTimeLimitSeconds` if users need longer."),
  FAILED_CHALLENGE_SUPERSEDED: reject("Nothing; the user began again from the same station."),
  FAILED_PROMPT_OPEN_ELSEWHERE: reject("Ask the user whether both logins are hers; if not, change her password."),
  FAILED_STATE_INVALID: reject("Check that all gateways have the same keys and clients keep State as it is."),
  FAILED_AUTHENTICATION_THROTTLED: reject(
    "Wait until the lock-out ends; if it was not the user, change her password. Of many users of one client: it floods its target.",
  ),
  FAILED_REQUEST_INVALID: reject("Check how the client is set up: it sends no usable User-Name or credential."),
  FAILED_DEADLINE_EXCEEDED: discard("Look for a store or target that is away or slow."),
  FAILED_TARGET_UNAVAILABLE: discard("See why no server of the target answers; `portcullis doctor` asks them."),
  FAILED_LOOP_DETECTED: rejectLoudly(
    "Let the target's rules send requests from this gateway elsewhere than back to it.",
  ),
  FAILED_EXCHANGE_ABANDONED: discard("Raise the time-out of the client: it gives up before we answer."),
} as const satisfies Readonly<Record<string, ResultCodeMeaning>>;

export type ResultCode = keyof typeof RESULT_CODES;

export interface ResultCodeMeaning {
  /** What the RADIUS client is told. */
  readonly verdict: "accept" | "reject" | "discard";
  readonly logLevel: "info" | "warn";
  /** What the operator does. */
  readonly operator: string;
}

export function isResultCode(text: string): text is ResultCode {
  return Object.hasOwn(RESULT_CODES, text);
}

function success(operator: string): ResultCodeMeaning {
  return { verdict: "accept", logLevel: "info", operator };
}

function reject(operator: string): ResultCodeMeaning {
  return { verdict: "reject", logLevel: "info", operator };
}

/** The user is told no as ever, yet it is a fault that an operator has to mend. */
function rejectLoudly(operator: string): ResultCodeMeaning {
  return { verdict: "reject", logLevel: "warn", operator };
}

function discard(operator: string): ResultCodeMeaning {
  return { verdict: "discard", logLevel: "warn", operator };
}
