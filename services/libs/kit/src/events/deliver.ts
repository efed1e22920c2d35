import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../clock.js";
import type { EventMetrics } from "../telemetry/event-metrics.js";
import type { Log } from "../telemetry/log.js";
import { RepeatedWarning } from "../telemetry/repeated-warning.js";
import { isUnavailable } from "../unavailable.js";
import type { Subscription } from "./event-server.js";

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 2_000;

export interface DeliveryParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: EventMetrics;
}

export interface DeliveryContext extends DeliveryParts {
  /** Stops waiting: the process is leaving and the record will come again. */
  readonly signal: AbortSignal;
  readonly waiting: RepeatedWarning;
}

/** `expired` and `poison` are final; `left` means that the record must come again. */
export type Delivery = "handled" | "expired" | "poison" | "left";

export function deliveryContext(parts: DeliveryParts, signal: AbortSignal): DeliveryContext {
  return { ...parts, signal, waiting: new RepeatedWarning(parts.log, "event.waits_for_store") };
}

/**
 * Calls a handler until it has taken the event. A store that is away is waited for, with a back-off, until the event's
 * deadline; an event that the handler can't take is poison at once. Never rejects.
 */
export async function deliver(
  topic: string,
  subscription: Subscription,
  event: unknown,
  context: DeliveryContext,
): Promise<Delivery> {
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
      context.waiting.warn({ topic, error });
    }
    if (context.signal.aborted) return "left";
    if (isPastDeadline(subscription, event, context.clock.nowMs() + backoffMs)) {
      context.metrics.expired.inc({ topic });
      return "expired";
    }
    // Half of it by chance, so that what failed together does not come back together.
    await sleep(backoffMs * (0.5 + Math.random() / 2), undefined, { signal: context.signal }).catch(() => undefined);
  }
}

function isPastDeadline(subscription: Subscription, event: unknown, nowMs: number): boolean {
  if (subscription.kind === "state") return false; // The newest state of a key is never worthless.
  try {
    const deadlineMs = subscription.deadlineMs(event as never);
    return deadlineMs !== undefined && nowMs > deadlineMs;
  } catch {
    return true; // An event without a readable deadline has none to wait for.
  }
}
