import { create } from "@bufbuild/protobuf";
import type { EventBus } from "@portcullis/kit";
import { contextMessage, resultCodeMessage } from "@portcullis/login";
import { ChallengeAnsweredSchema, LoginRequestedSchema, ResultCode } from "@portcullis/proto";
import type { AnsweredChallenge, LoginEvents, RequestedLogin } from "../../application/ports.js";

const NOTHING = new Uint8Array();

/** The gateway's events on the bus. */
export class BusLoginEvents implements LoginEvents {
  readonly #bus: EventBus;

  constructor(bus: EventBus) {
    this.#bus = bus;
  }

  loginRequested({ context, sealedPassword, refusal }: RequestedLogin): Promise<void> {
    const event = create(LoginRequestedSchema, {
      context: contextMessage(context),
      sealedPassword: sealedPassword ?? NOTHING,
      refusal: refusal === undefined ? ResultCode.UNSPECIFIED : resultCodeMessage(refusal),
    });
    return this.#bus.publish(LoginRequestedSchema, context.userKey, event);
  }

  challengeAnswered({ context, userId, round, sealedAnswer }: AnsweredChallenge): Promise<void> {
    const event = create(ChallengeAnsweredSchema, { context: contextMessage(context), userId, round, sealedAnswer });
    return this.#bus.publish(ChallengeAnsweredSchema, userId, event);
  }
}
