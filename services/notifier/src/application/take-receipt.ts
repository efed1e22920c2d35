import type { Deliveries, DeliveryKey, Pause } from "./ports.js";
import type { TellOutcome } from "./tell-outcome.js";

/** A receipt may be faster than we write down what it is about. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 300;

export interface TakeReceiptParts {
  readonly deliveries: Pick<Deliveries, "findByReference">;
  readonly tell: TellOutcome;
  readonly pause: Pause;
}

/** A provider says what became of a text. */
export class TakeReceipt {
  readonly #parts: TakeReceiptParts;

  constructor(parts: TakeReceiptParts) {
    this.#parts = parts;
  }

  async execute(
    provider: string,
    { challengeId, step }: DeliveryKey,
    state: "delivered" | "unreachable",
  ): Promise<void> {
    await this.#parts.tell.execute({ challengeId, step, state, provider });
  }

  /** Of a provider that knows its own reference only. One that is not ours is ignored. */
  async byReference(provider: string, reference: string, state: "delivered" | "unreachable"): Promise<void> {
    for (let look = 0; look < LOOKS; look++) {
      const delivery = await this.#parts.deliveries.findByReference(provider, reference);
      if (delivery !== undefined) return this.execute(provider, delivery, state);
      await this.#parts.pause.ms(LOOK_AGAIN_MS);
    }
  }
}
