import type { Lockout, Reach } from "@portcullis/login";
import type { FactorSettings } from "./factor-settings.js";

/** What the operator decides about challenges, for all clients. */
export interface ChallengeSettings {
  /** Wrong answers that one challenge takes. */
  readonly maxTries: number;
  /** Open challenges that a user may have side by side. */
  readonly maxOpen: number;
  /** Wrong answers of one user, over all challenges, that lock her out. */
  readonly lockout: Lockout;
  /** Steps before and after the current one whose codes are taken. */
  readonly totpWindowSteps: number;
  readonly factors: FactorSettings;
  /** Prompts of one user that reach a phone, over all clients. */
  readonly reach: Reach;
  /** For how long nobody is reached for logins from a station that the user has denied. */
  readonly denialCoolDownMs: number;
  /** The duplicate window: how long a reply is kept to be sent again. */
  readonly keepMs: number;
}
