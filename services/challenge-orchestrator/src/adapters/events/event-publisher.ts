import type { EventBus } from "@portcullis/kit";
import { type LoginOutcome, outcomeMessage } from "@portcullis/login";
import { LoginDecidedSchema } from "@portcullis/proto";
import type { LoginEvents } from "../../application/ports.js";

/** Publishes on the event bus. */
export class EventPublisher implements LoginEvents {
  readonly #bus: EventBus;

  constructor(bus: EventBus) {
    this.#bus = bus;
  }

  loginDecided(outcome: LoginOutcome): Promise<void> {
    return this.#bus.publish(LoginDecidedSchema, outcome.userId, outcomeMessage(outcome));
  }
}
