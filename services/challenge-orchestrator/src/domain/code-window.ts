import type { Token } from "./token.js";
import { type StepWindow, stepAt } from "./totp.js";

/** How far from where it is expected a code may be. */
export interface WindowWidths {
  /** Of TOTP: steps before and after the one that the token should show now. */
  readonly totpSteps: number;
  /** Of HOTP: how often its button may have been pressed without a login. */
  readonly hotpLookAhead: number;
}

/** So far back a HOTP token's code is told from a wrong one. It is refused all the same; the audit says that it was old. */
const HOTP_LOOK_BACK = 10;
/** Resynchronising looks so far into the future of a counter. */
const HOTP_RESYNC_LOOK_AHEAD = 1_000;
/**
 * A clock that is farther off (50 minutes at 30 s) is broken: codes are not learnt to be there, and not found there. It also bounds
 * for how long a token is of no use when its clock is set back, since no code is taken before the last one that was used.
 */
export const MAX_DRIFT_STEPS = 100;
/** How much of the difference between what is known and what a right code showed is learnt from that code; all older codes fade by it. */
const LEARNT_SHARE = 0.3;

type Counted = Pick<Token, "type" | "periodSeconds" | "lastStep" | "driftSteps">;

/** The steps whose codes are right now, were nothing used before. */
export function codeWindow(token: Counted, nowMs: number, widths: WindowWidths): StepWindow {
  switch (token.type) {
    case "totp": {
      const centre = stepAt(nowMs, token.periodSeconds) + Math.round(token.driftSteps);
      return { firstStep: centre - widths.totpSteps, lastStep: centre + widths.totpSteps };
    }
    case "hotp":
      return { firstStep: token.lastStep - HOTP_LOOK_BACK, lastStep: token.lastStep + widths.hotpLookAhead };
  }
}

/** The steps among which two consecutive codes are looked for to find out where a token stands. RFC 4226 section 7.4. */
export function resyncWindow(token: Counted, nowMs: number): StepWindow {
  switch (token.type) {
    case "totp": {
      const now = stepAt(nowMs, token.periodSeconds);
      return { firstStep: now - MAX_DRIFT_STEPS, lastStep: now + MAX_DRIFT_STEPS };
    }
    case "hotp":
      return { firstStep: token.lastStep + 1, lastStep: token.lastStep + HOTP_RESYNC_LOOK_AHEAD };
  }
}

/**
 * What a right code tells of the token's clock. A single late or early one moves the window by nothing, several in a row do: so a
 * person who types slowly costs no width, and a clock that runs away is followed.
 */
export function learntDrift(token: Counted, usedStep: number, nowMs: number): number {
  if (token.type === "hotp") return 0;
  const shown = shownDrift(token, usedStep, nowMs);
  return bounded(token.driftSteps + LEARNT_SHARE * (shown - token.driftSteps));
}

/** By how many steps a code says that its token is ahead of our clock. */
export function shownDrift(token: Counted, usedStep: number, nowMs: number): number {
  return token.type === "hotp" ? 0 : usedStep - stepAt(nowMs, token.periodSeconds);
}

function bounded(driftSteps: number): number {
  return Math.max(-MAX_DRIFT_STEPS, Math.min(MAX_DRIFT_STEPS, driftSteps));
}
