/** What a process that was told to leave may take; then whoever runs it ends it anyway. */
const LEAVE_LIMIT_MS = 25_000;
const FORCED = 1;

/**
 * Calls `leave` once, on the first SIGTERM or SIGINT, and ends the process when that has ended: with 0, or with 1 when it
 * failed or took too long. A second signal ends the process at once.
 */
export function leaveOnSignal(leave: () => Promise<void>): void {
  let leaving = false;
  const onSignal = (): void => {
    if (leaving) process.exit(FORCED);
    leaving = true;
    setTimeout(() => process.exit(FORCED), LEAVE_LIMIT_MS);
    leave().then(
      () => process.exit(0),
      () => process.exit(FORCED),
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}
