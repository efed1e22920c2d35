import { Controller, Inject } from "@nestjs/common";
import { OnEvent, Sealer } from "@portcullis/kit";
import { approvalPlace, type LoginId, type UserId } from "@portcullis/login";
import { type ApprovalGiven, ApprovalGivenSchema } from "@portcullis/proto";
import { FinishHeld } from "../../application/finish-held.js";

@Controller()
export class ApprovalGivenController {
  constructor(
    @Inject(FinishHeld) private readonly finishHeld: FinishHeld,
    @Inject(Sealer) private readonly sealer: Sealer,
  ) {}

  /** Fail closed: a word that nobody of ours has sealed for this login is no approval; it goes to the dead letters. */
  @OnEvent(ApprovalGivenSchema, { deadlineMs: (event: ApprovalGiven) => Number(event.deadlineMs) })
  async onApprovalGiven({ loginId, userId, approved, sealedWord }: ApprovalGiven): Promise<void> {
    const login = { loginId: loginId as LoginId, userId: userId as UserId };
    if (this.sealer.open(sealedWord, approvalPlace(login, approved)) === undefined) {
      throw new Error("An approval was not sealed for its login.");
    }
    await this.finishHeld.execute({ ...login, approved });
  }
}
