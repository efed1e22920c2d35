import { setTimeout as sleep } from "node:timers/promises";
import type { Pause } from "../../application/ports.js";

/** Waits by a timer that does not keep the process alive. */
export const timerPause: Pause = { ms: (durationMs) => sleep(durationMs, undefined, { ref: false }) };
