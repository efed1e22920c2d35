import {
  BadRequestException,
  ConflictException,
  Controller,
  Get,
  GoneException,
  Header,
  HttpException,
  Inject,
  NotFoundException,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseFilters,
  UseGuards,
} from "@nestjs/common";
import { CLOCK, type Clock } from "@portcullis/kit";
import { z } from "zod";
import { AnswerChallenge, type AnswerOutcome, type AnswerRefusal } from "../../application/answer-challenge.js";
import { ReadInbox } from "../../application/read-inbox.js";
import type { Challenge, ChallengeId, InboxRecord } from "../../domain/inbox.js";
import { type DeviceReply, type DeviceRequest, errorOf, NEVER_STORED, parsed, signalOf } from "./call.js";
import { callerOf } from "./device.controller.js";
import { DeviceGuard } from "./device.guard.js";
import { DeviceErrorFilter } from "./device-error.filter.js";

/** The longest that a call may wait: proxies in between give up after a minute. */
const MAX_WAIT_SECONDS = 55;
const MAX_PIN_LENGTH = 32;
const MAX_MATCHED_LENGTH = 256;

const Id = z.string().regex(/^[0-9a-f]{32}$/);
const InboxQuery = z.object({
  wait: z.coerce.number().int().min(0).max(MAX_WAIT_SECONDS).default(0),
  known: z.string().max(32).default(""),
});
const Answer = z.strictObject({
  word: z.enum(["approve", "deny", "fraud"]),
  attempt: z.int().min(0).max(1_000_000),
  pin: z.string().max(MAX_PIN_LENGTH).default(""),
  matched: z.string().max(MAX_MATCHED_LENGTH).default(""),
});

/** What a device is asked, and what it answers. */
@Controller("device/v1")
@UseGuards(DeviceGuard)
@UseFilters(DeviceErrorFilter)
export class InboxController {
  constructor(
    @Inject(ReadInbox) private readonly readInbox: ReadInbox,
    @Inject(AnswerChallenge) private readonly answerChallenge: AnswerChallenge,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get("inbox")
  @Header(...NEVER_STORED)
  async inbox(@Req() request: DeviceRequest, @Query() query: unknown, @Res({ passthrough: true }) reply: DeviceReply) {
    const asked = InboxQuery.safeParse(query);
    if (!asked.success) {
      throw new BadRequestException(errorOf("malformed", `wait is a number from 0 to ${MAX_WAIT_SECONDS}.`));
    }
    const { wait, known } = asked.data;
    const options = { known, waitMs: wait * 1_000, signal: signalOf(reply) };
    const { records, version } = await this.readInbox.execute(callerOf(request), options);
    const shown = records.map(shownOf);
    return {
      version,
      challenges: shown.filter((record) => !("result" in record)),
      results: shown.filter((record) => "result" in record),
      serverTimeMs: this.clock.nowMs(),
    };
  }

  @Post("challenges/:challengeId/answer")
  @Header(...NEVER_STORED)
  async answer(
    @Req() request: DeviceRequest,
    @Param("challengeId") id: string,
    @Res({ passthrough: true }) reply: DeviceReply,
  ) {
    const answer = parsed(Answer, request);
    const challengeId = Id.safeParse(id);
    if (!challengeId.success) throw refusal("unknown");
    const answered = await this.answerChallenge.execute(callerOf(request), {
      ...answer,
      challengeId: challengeId.data as ChallengeId,
      signal: signalOf(reply),
    });
    if (!answered.ok) throw refusal(answered.failure);
    reply.status(answered.value.kind === "taken" ? 202 : 200);
    return outcomeOf(answered.value);
  }
}

function shownOf(record: InboxRecord) {
  if (record.state !== "closed") return challengeOf(record.challenge);
  const { challengeId, result, closedAtMs, challenge } = record;
  return { challengeId, result, closedAtMs, ...(challenge && { application: challenge.application }) };
}

/** Who logs in, where, from where and when: what a person needs in order to know whether it is she. */
function challengeOf(challenge: Challenge) {
  return {
    challengeId: challenge.challengeId,
    loginId: challenge.loginId,
    attempt: challenge.attempt,
    notice: challenge.notice,
    application: challenge.application,
    userName: challenge.userName,
    station: challenge.station,
    sourceAddress: challenge.sourceAddress,
    requestedAtMs: challenge.requestedAtMs,
    expiresAtMs: challenge.expiresAtMs,
    asksPin: challenge.asksPin,
    matching: challenge.matching,
    choices: challenge.choices,
  };
}

function outcomeOf(outcome: AnswerOutcome): object {
  switch (outcome.kind) {
    case "closed":
      return { outcome: "closed", result: outcome.result };
    case "again":
      return { outcome: "again", attempt: outcome.attempt, notice: outcome.notice };
    case "fraud-reported":
      return { outcome: "fraud-reported" };
    case "taken":
      return { outcome: "taken" };
  }
}

/** Nobody learns about others' challenges: one that is not this user's is one that is not there. */
function refusal(reason: AnswerRefusal): HttpException {
  switch (reason) {
    case "unknown":
      return new NotFoundException(errorOf("unknown", "There is no such challenge."));
    case "over":
      return new GoneException(errorOf("over", "The challenge is over."));
    case "attempt-over":
      return new ConflictException(errorOf("attempt-over", "Another attempt has begun: look into the inbox."));
    case "incomplete":
      return new BadRequestException(errorOf("incomplete", "The PIN, or what is to be matched, is missing."));
  }
}
