import { Controller, Inject } from "@nestjs/common";
import { OnEvent, Stages } from "@portcullis/kit";
import { contextOf, deadlineOf, type UserId } from "@portcullis/login";
import { type ChallengeAnswered, ChallengeAnsweredSchema } from "@portcullis/proto";
import { VerifyAnswer } from "../../application/verify-answer.js";

@Controller()
export class ChallengeAnsweredController {
  constructor(
    @Inject(VerifyAnswer) private readonly verifyAnswer: VerifyAnswer,
    @Inject(Stages) private readonly stages: Stages,
  ) {}

  @OnEvent(ChallengeAnsweredSchema, { deadlineMs: deadlineOf })
  async onChallengeAnswered(event: ChallengeAnswered): Promise<void> {
    const startedAt = performance.now();
    const { userId, round, sealedAnswer } = event;
    const context = contextOf(event.context);
    await this.verifyAnswer.execute({ context, userId: userId as UserId, round, sealedAnswer });
    this.stages.observe("orchestrator.answer", startedAt, context.loginId);
  }
}
