import { create } from "@bufbuild/protobuf";
import type { EventBus } from "@portcullis/kit";
import { type LoginOutcome, outcomeMessage } from "@portcullis/login";
import { ApprovalGivenSchema, LoginDecidedSchema } from "@portcullis/proto";
import type { GivenApproval, LoginEvents } from "../../application/ports.js";

/** Publishes on the event bus. */
export class EventPublisher implements LoginEvents {
  readonly #bus: EventBus;

  constructor(bus: EventBus) {
    this.#bus = bus;
  }

  loginDecided(outcome: LoginOutcome): Promise<void> {
    return this.#bus.publish(LoginDecidedSchema, outcome.userId, outcomeMessage(outcome));
  }

  approvalGiven({ loginId, userId, approved, deadlineMs }: GivenApproval): Promise<void> {
    const event = create(ApprovalGivenSchema, {
      loginId,
      userId,
      approved,
      deadlineMs: BigInt(Math.round(deadlineMs)),
    });
    return this.#bus.publish(ApprovalGivenSchema, userId, event);
  }
}
