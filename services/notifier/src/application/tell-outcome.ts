import type { Clock } from "@portcullis/kit";
import type { Deliveries, Delivery, DeliveryReport, NotifierEvents, Settlement } from "./ports.js";

/** A redelivered event that finds a claim of another process without an outcome: by then its sender has died. */
const DIED_AFTER_MS = 5_000;

export interface TellOutcomeParts {
  readonly deliveries: Pick<Deliveries, "settle" | "markTold">;
  readonly events: Pick<NotifierEvents, "deliveryReported">;
  readonly report: Pick<DeliveryReport, "delivered">;
  readonly clock: Clock;
  /** This run of this process. */
  readonly processId: string;
}

/** Writes what became of a delivery, then tells it: killed in between, the sweep tells it. */
export class TellOutcome {
  readonly #parts: TellOutcomeParts;

  constructor(parts: TellOutcomeParts) {
    this.#parts = parts;
  }

  async execute(settlement: Omit<Settlement, "atMs">): Promise<void> {
    const { deliveries, report, clock } = this.#parts;
    const delivery = await deliveries.settle({ ...settlement, atMs: clock.nowMs() });
    if (delivery === undefined) return;
    report.delivered(delivery.provider, delivery.method, settlement.state);
    await this.tell(delivery);
  }

  /** Publishes what is written and was not published. */
  async tell(delivery: Delivery): Promise<void> {
    const { challengeId, loginId, userId, method, provider, deadlineMs, state, told } = delivery;
    if (told || state === undefined || state === "canceled") return;
    const reported = { challengeId, loginId, userId, method, provider, deadlineMs, outcome: state };
    await this.#parts.events.deliveryReported(reported);
    await this.#parts.deliveries.markTold(delivery, state);
  }

  /** An event came again, and its delivery was claimed before: it is not sent a second time, whatever became of it. */
  async resume(delivery: Delivery): Promise<void> {
    if (delivery.state !== undefined) return this.tell(delivery);
    const { processId, clock } = this.#parts;
    // Ours is under way; one of another process that lives is told by that one, else by the sweep.
    if (delivery.claimedBy === processId || clock.nowMs() - delivery.claimedAtMs < DIED_AFTER_MS) return;
    await this.execute({ challengeId: delivery.challengeId, step: delivery.step, state: "unknown" });
  }
}
