import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../clock.js";
import type { EventMetrics } from "../telemetry/event-metrics.js";
import type { Log } from "../telemetry/log.js";
import { isUnavailable } from "../unavailable.js";
import type { Subscription } from "./event-server.js";

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 2_000;

export interface DeliveryContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: EventMetrics;
  /** Stops waiting: the process is leaving and the record will come again. */
  readonly signal: AbortSignal;
}

export type Delivery = "handled" | "expired" | "poison" | "left";

/**
 * Calls a handler until it has taken the event. A store that is away is waited for, with a back-off, until the event's
 * deadline; a record that the handler can't take is poison at once.
 */
export async function deliver(
  topic: string,
  subscription: Subscription & { readonly kind: "event" },
  event: unknown,
  context: DeliveryContext,
): Promise<Delivery> {
  const deadlineMs = subscription.deadlineMs(event as never);
  for (let backoffMs = FIRST_BACKOFF_MS; ; backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)) {
    try {
      await subscription.handle(event);
      return "handled";
    } catch (error) {
      if (!isUnavailable(error)) {
        context.metrics.poison.inc({ topic });
        context.log.error("event.poison", { topic, error });
        return "poison";
      }
      context.metrics.retried.inc({ topic });
      context.log.warn("event.waits_for_store", { topic, error });
    }
    if (context.signal.aborted) return "left";
    if (deadlineMs !== undefined && context.clock.nowMs() + backoffMs > deadlineMs) {
      context.metrics.expired.inc({ topic });
      return "expired";
    }
    await sleep(backoffMs * (0.5 + Math.random() / 2), undefined, { signal: context.signal }).catch(() => undefined);
  }
}
