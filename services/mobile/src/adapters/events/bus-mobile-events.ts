import { create, toBinary } from "@bufbuild/protobuf";
import type { EventBus, Sealer } from "@portcullis/kit";
import { factorAnswerPlace } from "@portcullis/login";
import {
  AnswerChannel,
  AnswerWord as AnswerWordMessage,
  DeliveryOutcome,
  DeliveryReportedSchema,
  DeviceChangedSchema,
  FactorAnsweredSchema,
  FactorAnswerSchema,
  FraudChannel,
  FraudReportedSchema,
  PushRequestedSchema,
  ReachMethod,
} from "@portcullis/proto";
import type {
  AnswerWord,
  GivenAnswer,
  MobileEvents,
  ReportedDelivery,
  ReportedFraud,
  RequestedPush,
} from "../../application/ports.js";
import type { Device } from "../../domain/device.js";

const WORDS: Readonly<Record<AnswerWord, AnswerWordMessage>> = {
  approve: AnswerWordMessage.APPROVE,
  deny: AnswerWordMessage.DENY,
  fraud: AnswerWordMessage.FRAUD,
};
const OUTCOMES: Readonly<Record<ReportedDelivery["outcome"], DeliveryOutcome>> = {
  sent: DeliveryOutcome.SENT,
  unreachable: DeliveryOutcome.UNREACHABLE,
};
const NOTHING = new Uint8Array(0);

/** Publishes on the event bus. */
export class BusMobileEvents implements MobileEvents {
  readonly #bus: EventBus;
  readonly #sealer: Sealer;

  constructor(bus: EventBus, sealer: Sealer) {
    this.#bus = bus;
    this.#sealer = sealer;
  }

  factorAnswered(answer: GivenAnswer): Promise<void> {
    const { challengeId, loginId, userId, deviceId, attempt, word, pin, matched } = answer;
    const plain = toBinary(FactorAnswerSchema, create(FactorAnswerSchema, { word: WORDS[word], pin, matched }));
    const event = create(FactorAnsweredSchema, {
      challengeId,
      loginId,
      userId,
      channel: AnswerChannel.APP,
      sealedAnswer: this.#sealer.seal(plain, factorAnswerPlace({ loginId, challengeId, channel: "app" })),
      deviceId,
      attempt,
      answeredAtMs: msOf(answer.answeredAtMs),
      deadlineMs: msOf(answer.deadlineMs),
    });
    return this.#bus.publish(FactorAnsweredSchema, userId, event);
  }

  fraudReported({ reportedAtMs, ...report }: ReportedFraud): Promise<void> {
    const event = create(FraudReportedSchema, {
      ...report,
      channel: FraudChannel.APP,
      reportedAtMs: msOf(reportedAtMs),
    });
    return this.#bus.publish(FraudReportedSchema, report.userId, event);
  }

  deliveryReported({ outcome, reportedAtMs, deadlineMs, ...report }: ReportedDelivery): Promise<void> {
    const event = create(DeliveryReportedSchema, {
      ...report,
      method: ReachMethod.APP,
      outcome: OUTCOMES[outcome],
      reportedAtMs: msOf(reportedAtMs),
      deadlineMs: msOf(deadlineMs),
    });
    return this.#bus.publish(DeliveryReportedSchema, report.userId, event);
  }

  pushRequested({ deadlineMs, ...push }: RequestedPush): Promise<void> {
    const event = create(PushRequestedSchema, { ...push, deadlineMs: msOf(deadlineMs) });
    return this.#bus.publish(PushRequestedSchema, push.userId, event);
  }

  async deviceChanged({ deviceId, userId, generation, name, active, sealedOathSecret }: Device): Promise<void> {
    const state = create(DeviceChangedSchema, {
      deviceId,
      userId,
      generation: BigInt(generation),
      name,
      active,
      sealedOathSecret: active ? sealedOathSecret : NOTHING,
    });
    await this.#bus.publishState(DeviceChangedSchema, deviceId, state);
    if (!active) await this.#bus.publishState(DeviceChangedSchema, deviceId, undefined);
  }
}

const msOf = (ms: number): bigint => BigInt(Math.round(ms));
