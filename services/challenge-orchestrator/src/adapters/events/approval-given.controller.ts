import { Controller, Inject } from "@nestjs/common";
import { OnEvent } from "@portcullis/kit";
import type { LoginId, UserId } from "@portcullis/login";
import { type ApprovalGiven, ApprovalGivenSchema } from "@portcullis/proto";
import { FinishHeld } from "../../application/finish-held.js";

@Controller()
export class ApprovalGivenController {
  constructor(@Inject(FinishHeld) private readonly finishHeld: FinishHeld) {}

  @OnEvent(ApprovalGivenSchema, { deadlineMs: (event: ApprovalGiven) => Number(event.deadlineMs) })
  onApprovalGiven({ loginId, userId, approved }: ApprovalGiven): Promise<void> {
    return this.finishHeld.execute({ loginId: loginId as LoginId, userId: userId as UserId, approved });
  }
}
