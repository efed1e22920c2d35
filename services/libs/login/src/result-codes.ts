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
  SUCCESS_NO_PIN: success("Nothing."),
  SUCCESS_WITH_PIN: success("Nothing."),
  SUCCESS_SMS_AUTHENTICATED: success("Nothing."),
  SUCCESS_PHONE_APP_AUTHENTICATED: success("Nothing."),
  SUCCESS_USED_CACHE: success("Nothing; the policy's `remember` let an earlier login count."),
  SUCCESS_BYPASSED_AUTH: success("Nothing; somebody gave the user a one-time bypass, the audit says who and why."),
  SUCCESS_FALLBACK_OATH_CODE_VERIFIED: success("Nothing; many of them: see why calls, texts or pushes do not arrive."),
  SUCCESS_TRUSTED_NETWORK: success("Nothing; the policy has the address in `trustedNetworks`."),
  SUCCESS_FAIL_MODE_SAFE: successLoudly("See why no provider works: users get in without a second factor."),
  SUCCESS_RECONNECTED: success("Nothing; the same login came again within the client's `reconnectWindowSeconds`."),
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
  FAILED_PHONE_BUSY: reject("Nothing; the user's phone was busy. A backup phone helps."),
  FAILED_PHONE_NO_ANSWER: reject("Nothing; when it repeats, check the user's phone number."),
  FAILED_PHONE_HUNG_UP: reject("Nothing; repeated, ask the user whether these logins are hers."),
  FAILED_PHONE_UNREACHABLE: reject("Check the user's phone number."),
  FAILED_PIN_INCORRECT: reject("Nothing; when it repeats, set the user's PIN anew."),
  FAILED_PIN_EXPIRED: reject("Set the user's PIN anew."),
  FAILED_PIN_NOT_SET: reject("Set a PIN for the user, or give her a mode without one."),
  FAILED_SMS_OTP_INCORRECT: reject("Nothing; when it repeats, check the user's phone number."),
  FAILED_SMS_NO_RESPONSE: reject("Nothing; when it repeats, see whether texts arrive."),
  FAILED_PHONE_APP_DENIED: reject("Ask the user whether the login was hers; if not, change her password."),
  FAILED_PHONE_APP_NO_RESPONSE: reject("Nothing; when it repeats, see whether pushes reach the user's devices."),
  FAILED_PHONE_APP_MATCH_INCORRECT: reject("Ask the user whether the login was hers; if not, change her password."),
  FAILED_FRAUD_REPORTED: reject("Find out who knows the user's password, and change it."),
  FAILED_USER_BLOCKED: reject("Unblock the user when her password is changed: `portcullis block --remove`."),
  FAILED_DENIED_RECENTLY: reject("Ask the user whether the login is hers; it works again when the cool-down is over."),
  FAILED_METHOD_NOT_ALLOWED: reject("Give the user a method that the client's policy allows, or allow one of hers."),
  FAILED_NO_PROVIDER: rejectLoudly("See why no provider takes calls or texts; `notifications` lists them."),
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

/** She gets in, yet it is a fault that an operator has to mend. */
function successLoudly(operator: string): ResultCodeMeaning {
  return { verdict: "accept", logLevel: "warn", operator };
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
