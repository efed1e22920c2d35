import { Controller, Inject } from "@nestjs/common";
import { OnEvent } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import {
  type ChallengeClosed,
  ChallengeClosedSchema,
  ReachMethod,
  ChallengeResult as ResultMessage,
} from "@portcullis/proto";
import { CloseChallenge } from "../../application/close-challenge.js";
import type { ChallengeId, ChallengeResult } from "../../domain/inbox.js";

/** How it ended is for people to see; that it has ended counts, whatever a later version says. */
const RESULTS: Readonly<Record<ResultMessage, ChallengeResult>> = {
  [ResultMessage.UNSPECIFIED]: "expired",
  [ResultMessage.APPROVED]: "approved",
  [ResultMessage.DENIED]: "denied",
  [ResultMessage.FRAUD]: "fraud",
  [ResultMessage.WRONG]: "wrong",
  [ResultMessage.EXPIRED]: "expired",
  [ResultMessage.REPLACED]: "replaced",
  [ResultMessage.REFUSED]: "refused",
};

@Controller()
export class ChallengeClosedController {
  constructor(@Inject(CloseChallenge) private readonly closeChallenge: CloseChallenge) {}

  @OnEvent(ChallengeClosedSchema, { deadlineMs: ({ deadlineMs }) => Number(deadlineMs) })
  async onChallengeClosed(event: ChallengeClosed): Promise<void> {
    if (event.method !== ReachMethod.APP) return;
    await this.closeChallenge.execute({
      challengeId: event.challengeId as ChallengeId,
      userId: event.userId as UserId,
      result: RESULTS[event.result] ?? "expired",
      closedAtMs: Number(event.closedAtMs),
      deadlineMs: Number(event.deadlineMs),
    });
  }
}
