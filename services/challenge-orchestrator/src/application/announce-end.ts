import type { LoginId, LoginOutcome, ResultCode } from "@portcullis/login";
import type { MethodName } from "../domain/user-factors.js";
import type { ChallengeEvents, ClosingResult, LoginEvents, ReportEnd } from "./ports.js";

/** Logins whose end was counted here; a repetition after more than these others counts twice, which nobody notices. */
const MAX_REMEMBERED = 16_384;
/** For how long a phone that still rings is worth being told that it need not. */
const CLOSING_LIFETIME_MS = 300_000;

/**
 * Publishes the end of a login, the one place that counts and logs it; who was to reach its user is told first. It is published
 * once more whenever a step is repeated (the audit takes one for each login), yet counted once.
 */
export class AnnounceEnd {
  readonly #events: LoginEvents & Pick<ChallengeEvents, "challengeClosed">;
  readonly #report: ReportEnd;
  readonly #reported = new Set<LoginId>();

  constructor(events: LoginEvents & Pick<ChallengeEvents, "challengeClosed">, report: ReportEnd) {
    this.#events = events;
    this.#report = report;
  }

  async execute(outcome: LoginOutcome): Promise<void> {
    if (outcome.challengeId !== "") await this.#close(outcome);
    await this.#events.loginDecided(outcome);
    const { loginId } = outcome.context;
    if (this.#reported.has(loginId)) return;
    if (this.#reported.size >= MAX_REMEMBERED) {
      const oldest = this.#reported.values().next();
      if (!oldest.done) this.#reported.delete(oldest.value);
    }
    this.#reported.add(loginId);
    this.#report(outcome);
  }

  #close({ challengeId, context, userId, method, resultCode, decidedAtMs }: LoginOutcome): Promise<void> {
    return this.#events.challengeClosed({
      challengeId,
      loginId: context.loginId,
      userId,
      method: method as MethodName,
      result: closingResultOf(resultCode),
      closedAtMs: decidedAtMs,
      deadlineMs: decidedAtMs + CLOSING_LIFETIME_MS,
    });
  }
}

/** What a person is told of the end of what she was asked. */
function closingResultOf(resultCode: ResultCode): ClosingResult {
  if (resultCode.startsWith("SUCCESS")) return "approved";
  switch (resultCode) {
    case "FAILED_PHONE_APP_DENIED":
    case "FAILED_MANUAL_DENIED":
      return "denied";
    case "FAILED_FRAUD_REPORTED":
      return "fraud";
    case "FAILED_PIN_INCORRECT":
    case "FAILED_SMS_OTP_INCORRECT":
    case "FAILED_OATH_CODE_INCORRECT":
    case "FAILED_OATH_CODE_DUPLICATE":
    case "FAILED_OATH_CODE_OLD":
    case "FAILED_PHONE_APP_MATCH_INCORRECT":
      return "wrong";
    case "FAILED_CHALLENGE_SUPERSEDED":
      return "replaced";
    case "FAILED_USER_BLOCKED":
    case "FAILED_USER_DISABLED":
    case "FAILED_PIN_EXPIRED":
    case "FAILED_PIN_NOT_SET":
      return "refused";
    default:
      return "expired";
  }
}
