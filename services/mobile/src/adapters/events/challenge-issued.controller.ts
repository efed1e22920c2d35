import { Controller, Inject } from "@nestjs/common";
import { OnEvent, Stages } from "@portcullis/kit";
import { contextOf, deadlineOf, type UserId } from "@portcullis/login";
import {
  type ChallengeIssued,
  ChallengeIssuedSchema,
  Matching as MatchingMessage,
  Notice as NoticeMessage,
  ReachMethod,
} from "@portcullis/proto";
import { ShowChallenge } from "../../application/show-challenge.js";
import type { Challenge, ChallengeId, Matching, Notice } from "../../domain/inbox.js";

const NOTICES: Readonly<Record<NoticeMessage, Notice>> = {
  [NoticeMessage.UNSPECIFIED]: "none",
  [NoticeMessage.PIN_WRONG]: "pin-wrong",
  [NoticeMessage.MATCH_WRONG]: "match-wrong",
  [NoticeMessage.CODE_WRONG]: "code-wrong",
};
const MATCHINGS: Readonly<Record<MatchingMessage, Matching | undefined>> = {
  [MatchingMessage.UNSPECIFIED]: "none",
  [MatchingMessage.NUMBER]: "number",
  [MatchingMessage.CONTEXT]: "context",
};

@Controller()
export class ChallengeIssuedController {
  constructor(
    @Inject(ShowChallenge) private readonly showChallenge: ShowChallenge,
    @Inject(Stages) private readonly stages: Stages,
  ) {}

  /** Calls and texts are notifier's. */
  @OnEvent(ChallengeIssuedSchema, { deadlineMs: deadlineOf })
  async onChallengeIssued(event: ChallengeIssued): Promise<void> {
    if (event.method !== ReachMethod.APP) return;
    const startedAt = performance.now();
    await this.showChallenge.execute(challengeOf(event));
    this.stages.observe("mobile.show", startedAt, event.context?.loginId);
  }
}

/** Throws for a way of matching that this version does not know: nobody may be asked less than what was meant. */
function challengeOf(event: ChallengeIssued): Challenge {
  const context = contextOf(event.context);
  const matching = MATCHINGS[event.matching];
  if (matching === undefined) throw new Error(`A challenge asks for the matching ${event.matching}.`);
  return {
    challengeId: event.challengeId as ChallengeId,
    userId: event.userId as UserId,
    loginId: context.loginId,
    attempt: event.attempt,
    notice: NOTICES[event.notice] ?? "none",
    application: event.application,
    client: context.client,
    userName: event.userName === "" ? context.userName : event.userName,
    station: context.station,
    sourceAddress: context.sourceAddress,
    requestedAtMs: context.claimedAtMs,
    expiresAtMs: context.deadlineMs,
    asksPin: event.asksPin,
    matching,
    choices: event.choices,
  };
}
