import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "./telemetry/log.js";

/** How long a start waits for each thing that it can't do without; whoever runs the process then starts it anew. */
const WAIT_LIMIT_MS = 60_000;
const AGAIN_AFTER_MS = 500;
const LOG_EVERY_MS = 5_000;

/** Tries until `attempt` succeeds, says what it waits for, and rejects with the last error after a minute. */
export async function waitFor<Value>(what: string, attempt: () => Promise<Value>, log: Log): Promise<Value> {
  const endMs = performance.now() + WAIT_LIMIT_MS;
  for (let logAtMs = 0; ; ) {
    try {
      return await attempt();
    } catch (error) {
      const nowMs = performance.now();
      if (nowMs >= endMs) throw new Error(`${what} was not there within ${WAIT_LIMIT_MS} ms.`, { cause: error });
      if (nowMs >= logAtMs) {
        log.warn("service.waits", { for: what, error });
        logAtMs = nowMs + LOG_EVERY_MS;
      }
    }
    await sleep(AGAIN_AFTER_MS);
  }
}
