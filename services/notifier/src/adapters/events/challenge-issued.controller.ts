import { Controller, Inject } from "@nestjs/common";
import { OnEvent, Sealer } from "@portcullis/kit";
import { deadlineOf } from "@portcullis/login";
import { type ChallengeIssued, ChallengeIssuedSchema } from "@portcullis/proto";
import { ReachPerson } from "../../application/reach-person.js";
import { issuedChallengeOf } from "./issued-challenge.js";

@Controller()
export class ChallengeIssuedController {
  constructor(
    @Inject(ReachPerson) private readonly reachPerson: ReachPerson,
    @Inject(Sealer) private readonly sealer: Sealer,
  ) {}

  @OnEvent(ChallengeIssuedSchema, { deadlineMs: deadlineOf })
  async onChallengeIssued(event: ChallengeIssued): Promise<void> {
    const issued = issuedChallengeOf(event, this.sealer);
    if (issued !== undefined) await this.reachPerson.execute(issued);
  }
}
