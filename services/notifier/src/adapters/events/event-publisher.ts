import { createHash } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import type { Clock, EventBus, Sealer } from "@portcullis/kit";
import { factorAnswerPlace } from "@portcullis/login";
import {
  AnswerChannel,
  AnswerWord,
  DeliveryOutcome,
  DeliveryReportedSchema,
  FactorAnsweredSchema,
  FactorAnswerSchema,
  PushEndedSchema,
  ReachMethod,
} from "@portcullis/proto";
import type { GivenAnswer, NotifierEvents, PushEnd, ReportedDelivery } from "../../application/ports.js";
import type { Outcome } from "../../domain/delivery.js";

const CHANNELS = { call: AnswerChannel.CALL, text: AnswerChannel.TEXT } as const;
const METHODS = { voice: ReachMethod.VOICE, sms: ReachMethod.SMS } as const;
const OUTCOMES: Readonly<Record<Outcome, DeliveryOutcome>> = {
  sent: DeliveryOutcome.SENT,
  delivered: DeliveryOutcome.DELIVERED,
  busy: DeliveryOutcome.BUSY,
  "no-answer": DeliveryOutcome.NO_ANSWER,
  "hung-up": DeliveryOutcome.HUNG_UP,
  unreachable: DeliveryOutcome.UNREACHABLE,
  "no-provider": DeliveryOutcome.NO_PROVIDER,
  unknown: DeliveryOutcome.UNKNOWN,
};

/** Publishes on the event bus. */
export class EventPublisher implements NotifierEvents {
  readonly #bus: EventBus;
  readonly #sealer: Sealer;
  readonly #clock: Clock;

  constructor(bus: EventBus, sealer: Sealer, clock: Clock) {
    this.#bus = bus;
    this.#sealer = sealer;
    this.#clock = clock;
  }

  factorAnswered({ challenge, channel, text }: GivenAnswer): Promise<void> {
    const { challengeId, loginId, userId, attempt, deadlineMs } = challenge;
    const answer = toBinary(FactorAnswerSchema, create(FactorAnswerSchema, { word: AnswerWord.TEXT, text }));
    const event = create(FactorAnsweredSchema, {
      challengeId,
      loginId,
      userId,
      attempt,
      channel: CHANNELS[channel],
      sealedAnswer: this.#sealer.seal(answer, factorAnswerPlace({ loginId, challengeId, channel })),
      answeredAtMs: BigInt(Math.round(this.#clock.nowMs())),
      deadlineMs: BigInt(deadlineMs),
    });
    return this.#bus.publish(FactorAnsweredSchema, userId, event);
  }

  deliveryReported(delivery: ReportedDelivery): Promise<void> {
    const { challengeId, loginId, userId, provider, deadlineMs } = delivery;
    const event = create(DeliveryReportedSchema, {
      challengeId,
      loginId,
      userId,
      provider,
      method: METHODS[delivery.method],
      outcome: OUTCOMES[delivery.outcome],
      reportedAtMs: BigInt(Math.round(this.#clock.nowMs())),
      deadlineMs: BigInt(deadlineMs),
    });
    return this.#bus.publish(DeliveryReportedSchema, userId, event);
  }

  pushEnded({ userId, deviceId, endpoint }: PushEnd): Promise<void> {
    const endpointDigest = createHash("sha256").update(endpoint).digest("hex");
    return this.#bus.publish(PushEndedSchema, userId, create(PushEndedSchema, { userId, deviceId, endpointDigest }));
  }
}
