import { Controller, Inject } from "@nestjs/common";
import { OnEvent } from "@portcullis/kit";
import { type ChallengeClosed, ChallengeClosedSchema } from "@portcullis/proto";
import { CloseChallenge } from "../../application/close-challenge.js";
import { closedChallengeOf } from "./issued-challenge.js";

@Controller()
export class ChallengeClosedController {
  constructor(@Inject(CloseChallenge) private readonly closeChallenge: CloseChallenge) {}

  @OnEvent(ChallengeClosedSchema, { deadlineMs: (event: ChallengeClosed) => Number(event.deadlineMs) })
  async onChallengeClosed(event: ChallengeClosed): Promise<void> {
    const closed = closedChallengeOf(event);
    if (closed !== undefined) await this.closeChallenge.execute(closed);
  }
}
