import { create } from "@bufbuild/protobuf";
import type { EventBus, Sealer } from "@portcullis/kit";
import { approvalPlace, type LoginOutcome, outcomeMessage } from "@portcullis/login";
import { ApprovalGivenSchema, LoginDecidedSchema } from "@portcullis/proto";
import type { GivenApproval, LoginEvents } from "../../application/ports.js";

const NOTHING = new Uint8Array(0);

/** Publishes on the event bus. */
export class EventPublisher implements LoginEvents {
  readonly #bus: EventBus;
  readonly #sealer: Sealer;

  constructor(bus: EventBus, sealer: Sealer) {
    this.#bus = bus;
    this.#sealer = sealer;
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
      sealedWord: this.#sealer.seal(NOTHING, approvalPlace({ userId, loginId }, approved)),
    });
    return this.#bus.publish(ApprovalGivenSchema, userId, event);
  }
}
