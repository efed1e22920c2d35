import { PlatformEnvironment } from "@portcullis/kit";
import { z } from "zod";
import type { ChallengeSettings } from "./domain/settings.js";

/** A whole number with its range, which the description repeats for people. */
function setting(meaning: string, [least, most]: readonly [number, number], byDefault: number) {
  return z.coerce.number().int().min(least).max(most).default(byDefault).describe(`${meaning}; ${least} to ${most}.`);
}

/** What the operator may set about challenges; both modes read it. */
export const ChallengeEnvironment = z.object({
  PORTCULLIS_CHALLENGE_MAX_TRIES: setting("Wrong answers that one challenge takes", [1, 10], 3),
  PORTCULLIS_CHALLENGE_MAX_OPEN: setting("Open challenges that a user may have side by side", [1, 16], 4),
  PORTCULLIS_LOCKOUT_MAX_FAILURES: setting(
    "Wrong answers of one user, over all challenges, that lock her out",
    [1, 1_000],
    10,
  ),
  PORTCULLIS_LOCKOUT_WINDOW_SECONDS: setting(
    "Seconds from a user's first wrong answer in which they are counted, and after which she is let in again",
    [10, 86_400],
    300,
  ),
  PORTCULLIS_TOTP_WINDOW_STEPS: setting("Steps before and after the current one whose codes are taken", [0, 10], 1),
  PORTCULLIS_HOTP_LOOK_AHEAD: setting(
    "Times that the button of a counting token may have been pressed without a login",
    [1, 100],
    10,
  ),
  PORTCULLIS_PIN_HISTORY: setting("PINs before a new one that it must differ from; 0 for none", [0, 24], 5),
  PORTCULLIS_PIN_DAYS: setting("Days for which a PIN is good; 0 for no end", [0, 3_650], 0),
  PORTCULLIS_REACH_MAX_PROMPTS: setting("Prompts that may reach a user's phone in their window", [1, 1_000], 10),
  PORTCULLIS_REACH_WINDOW_SECONDS: setting(
    "Seconds from a user's first such prompt in which they are counted",
    [10, 86_400],
    600,
  ),
  PORTCULLIS_DENIAL_COOL_DOWN_SECONDS: setting(
    "Seconds for which no phone is reached for logins from a station that the user has denied",
    [0, 86_400],
    300,
  ),
  PORTCULLIS_DUPLICATE_WINDOW_SECONDS: setting(
    "Seconds for which a reply is kept, to be sent again to whoever missed it",
    [5, 300],
    30,
  ),
});

export const Environment = PlatformEnvironment.extend(ChallengeEnvironment.shape).extend({
  PORTCULLIS_CONFIG_FILE: z
    .string()
    .default("")
    .describe("The configuration file with the users' factors; without it they stay as they are."),
});

export function challengeSettings(environment: z.infer<typeof ChallengeEnvironment>): ChallengeSettings {
  return {
    maxTries: environment.PORTCULLIS_CHALLENGE_MAX_TRIES,
    maxOpen: environment.PORTCULLIS_CHALLENGE_MAX_OPEN,
    lockout: {
      maxFailures: environment.PORTCULLIS_LOCKOUT_MAX_FAILURES,
      windowMs: environment.PORTCULLIS_LOCKOUT_WINDOW_SECONDS * 1_000,
    },
    totpWindowSteps: environment.PORTCULLIS_TOTP_WINDOW_STEPS,
    factors: {
      hotpLookAhead: environment.PORTCULLIS_HOTP_LOOK_AHEAD,
      pinHistory: environment.PORTCULLIS_PIN_HISTORY,
      pinDays: environment.PORTCULLIS_PIN_DAYS,
    },
    reach: {
      maxPrompts: environment.PORTCULLIS_REACH_MAX_PROMPTS,
      windowMs: environment.PORTCULLIS_REACH_WINDOW_SECONDS * 1_000,
    },
    denialCoolDownMs: environment.PORTCULLIS_DENIAL_COOL_DOWN_SECONDS * 1_000,
    keepMs: environment.PORTCULLIS_DUPLICATE_WINDOW_SECONDS * 1_000,
  };
}
