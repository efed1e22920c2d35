import { create, toBinary } from "@bufbuild/protobuf";
import type { EventBus, Sealer } from "@portcullis/kit";
import {
  challengeCodePlace,
  challengePhonesPlace,
  contextMessage,
  factorAnswerPlace,
  type LoginOutcome,
  outcomeMessage,
} from "@portcullis/login";
import {
  AnswerChannel,
  AnswerWord,
  ChallengeClosedSchema,
  ChallengeIssuedSchema,
  ChallengeResult,
  FactorAnsweredSchema,
  FactorAnswerSchema,
  FraudChannel,
  FraudReportedSchema,
  LoginDecidedSchema,
  ReachMethod,
} from "@portcullis/proto";
import type {
  AnswerEvents,
  ChallengeEvents,
  ClosedChallenge,
  ClosingResult,
  FraudEvents,
  FraudReport,
  GivenFactorAnswer,
  IssuedChallenge,
  LoginEvents,
} from "../../application/ports.js";
import type { MethodName } from "../../domain/user-factors.js";
import { matchingMessage } from "../protobuf/challenge-codec.js";
import { noticeMessage } from "./notices.js";

const NOTHING = new Uint8Array(0);

const METHODS: Readonly<Record<MethodName, ReachMethod>> = {
  app: ReachMethod.APP,
  voice: ReachMethod.VOICE,
  sms: ReachMethod.SMS,
  oath: ReachMethod.UNSPECIFIED,
  manual: ReachMethod.UNSPECIFIED,
};

const RESULTS: Readonly<Record<ClosingResult, ChallengeResult>> = {
  approved: ChallengeResult.APPROVED,
  denied: ChallengeResult.DENIED,
  fraud: ChallengeResult.FRAUD,
  wrong: ChallengeResult.WRONG,
  expired: ChallengeResult.EXPIRED,
  replaced: ChallengeResult.REPLACED,
  refused: ChallengeResult.REFUSED,
};

const CHANNELS = {
  app: AnswerChannel.APP,
  call: AnswerChannel.CALL,
  text: AnswerChannel.TEXT,
  operator: AnswerChannel.OPERATOR,
} as const;

const WORDS = {
  approve: AnswerWord.APPROVE,
  deny: AnswerWord.DENY,
  fraud: AnswerWord.FRAUD,
  text: AnswerWord.TEXT,
} as const;

/** Publishes on the event bus. */
export class EventPublisher implements LoginEvents, ChallengeEvents, FraudEvents, AnswerEvents {
  readonly #bus: EventBus;
  readonly #sealer: Sealer;

  constructor(bus: EventBus, sealer: Sealer) {
    this.#bus = bus;
    this.#sealer = sealer;
  }

  loginDecided(outcome: LoginOutcome): Promise<void> {
    return this.#bus.publish(LoginDecidedSchema, outcome.userId, outcomeMessage(outcome));
  }

  challengeIssued(issued: IssuedChallenge): Promise<void> {
    const { context, userId, challenge, phones, code } = issued;
    const { way, challengeId } = challenge;
    const event = create(ChallengeIssuedSchema, {
      context: contextMessage(context),
      challengeId,
      userId,
      method: METHODS[way.method],
      asksPin: way.pin,
      twoWay: way.twoWay,
      language: issued.language,
      application: issued.application,
      sealedPhones: phones === undefined ? NOTHING : this.#sealer.seal(phones, challengePhonesPlace(challengeId)),
      sealedCode: code === undefined ? NOTHING : this.#sealer.seal(Buffer.from(code), challengeCodePlace(challengeId)),
      matching: matchingMessage(way.matching),
      choices: [...issued.choices],
      attempt: challenge.attempt,
      notice: noticeMessage(challenge.notice),
      fraudCode: issued.fraudCode,
      userName: context.userName,
    });
    return this.#bus.publish(ChallengeIssuedSchema, userId, event);
  }

  challengeClosed({ challengeId, loginId, userId, method, ...closed }: ClosedChallenge): Promise<void> {
    const event = create(ChallengeClosedSchema, {
      challengeId,
      loginId,
      userId,
      method: METHODS[method],
      result: RESULTS[closed.result],
      closedAtMs: BigInt(Math.round(closed.closedAtMs)),
      deadlineMs: BigInt(Math.round(closed.deadlineMs)),
    });
    return this.#bus.publish(ChallengeClosedSchema, userId, event);
  }

  fraudReported({ reportId, userId, context, application, channel, reportedAtMs }: FraudReport): Promise<void> {
    const { userName, loginId, client, station, sourceAddress } = context;
    const event = create(FraudReportedSchema, {
      reportId,
      userId,
      userName,
      loginId,
      client,
      application,
      station,
      sourceAddress,
      channel: channel === "call" ? FraudChannel.CALL : FraudChannel.TEXT,
      reportedAtMs: BigInt(Math.round(reportedAtMs)),
    });
    return this.#bus.publish(FraudReportedSchema, userId, event);
  }

  factorAnswered({ loginId, userId, challengeId, attempt, answer, ...times }: GivenFactorAnswer): Promise<void> {
    const { channel, word, pin, matched, text } = answer;
    const plain = toBinary(FactorAnswerSchema, create(FactorAnswerSchema, { word: WORDS[word], pin, matched, text }));
    const event = create(FactorAnsweredSchema, {
      challengeId,
      loginId,
      userId,
      channel: CHANNELS[channel],
      attempt,
      sealedAnswer: this.#sealer.seal(plain, factorAnswerPlace({ loginId, challengeId, channel })),
      answeredAtMs: BigInt(Math.round(times.answeredAtMs)),
      deadlineMs: BigInt(Math.round(times.deadlineMs)),
    });
    return this.#bus.publish(FactorAnsweredSchema, userId, event);
  }
}
