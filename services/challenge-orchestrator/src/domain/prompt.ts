/** The text of a prompt. It never tells which check an answer failed: wrong, used and old codes all look the same. */
export function promptText(round: number): string {
  return round === 1 ? "Enter the code of your authenticator." : "That code was wrong. Enter the next code.";
}

/** What is left of a prompt's time, in whole seconds; at least 1, since 0 would say "no limit". */
export function remainingSeconds(expiresAtMs: number, nowMs: number): number {
  return Math.max(1, Math.floor((expiresAtMs - nowMs) / 1_000));
}
