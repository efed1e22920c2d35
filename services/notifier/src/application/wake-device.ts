import { type Clock, type Log, Unavailable } from "@portcullis/kit";
import { Bulkhead } from "./bulkhead.js";
import type { DeliveryReport, NotifierEvents } from "./ports.js";

export interface PushSubscription {
  readonly endpoint: string;
  readonly p256dh: Uint8Array;
  readonly auth: Uint8Array;
}

export interface RequestedPush {
  readonly challengeId: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly subscription: PushSubscription;
  readonly deadlineMs: number;
}

/** `ended`: the push service knows no such subscription. `away`: surely not sent, perhaps later. */
export type PushResult = "sent" | "ended" | "refused" | "away" | "unknown" | "not-configured";

/** Hands a message to the push service that a subscription names. */
export interface Pusher {
  push(subscription: PushSubscription, payload: string, ttlSeconds: number): Promise<PushResult>;
}

export interface WakeDeviceParts {
  readonly pusher: Pusher;
  readonly events: Pick<NotifierEvents, "pushEnded">;
  readonly report: Pick<DeliveryReport, "delivered">;
  readonly clock: Clock;
  readonly log: Log;
}

const PROVIDER = "web-push";
const BULKHEAD = { atOnce: 128, maxWaiting: 5_000 };

/** Wakes a device, so that it looks into its inbox: what is in there never passes here. */
export class WakeDevice {
  readonly #parts: WakeDeviceParts;
  readonly #bulkhead = new Bulkhead(BULKHEAD);

  constructor(parts: WakeDeviceParts) {
    this.#parts = parts;
  }

  async execute({ challengeId, userId, deviceId, subscription, deadlineMs }: RequestedPush): Promise<void> {
    const { pusher, events, report, clock, log } = this.#parts;
    const result = await this.#bulkhead.run(async () => {
      const ttlSeconds = Math.floor((deadlineMs - clock.nowMs()) / 1_000);
      return ttlSeconds < 1 ? "late" : pusher.push(subscription, JSON.stringify({ challengeId }), ttlSeconds);
    });
    if (result === "late") return;
    if (result === "away" || result === undefined) throw new Unavailable("The push service takes nothing now.");
    report.delivered(PROVIDER, "app", STATES[result]);
    if (result === "ended") await events.pushEnded({ userId, deviceId, endpoint: subscription.endpoint });
    else if (result !== "sent") log.warn("push.failed", { challengeId, deviceId, result });
  }
}

const STATES = {
  sent: "sent",
  ended: "unreachable",
  refused: "unreachable",
  unknown: "unknown",
  "not-configured": "no-provider",
} as const;
