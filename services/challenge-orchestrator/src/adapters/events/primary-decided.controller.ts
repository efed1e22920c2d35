import { Controller, Inject } from "@nestjs/common";
import { OnEvent, Stages } from "@portcullis/kit";
import { contextOf, deadlineOf, type ResultCode, resultCodeOf, type UserId } from "@portcullis/login";
import { type PrimaryDecided, PrimaryDecidedSchema, PrimaryOutcome } from "@portcullis/proto";
import { OpenChallenge, type PrimaryDecision } from "../../application/open-challenge.js";

@Controller()
export class PrimaryDecidedController {
  constructor(
    @Inject(OpenChallenge) private readonly openChallenge: OpenChallenge,
    @Inject(Stages) private readonly stages: Stages,
  ) {}

  @OnEvent(PrimaryDecidedSchema, { deadlineMs: deadlineOf })
  async onPrimaryDecided(event: PrimaryDecided): Promise<void> {
    const startedAt = performance.now();
    await this.openChallenge.execute(decisionOf(event));
    this.stages.observe("orchestrator.open", startedAt);
  }
}

export function decisionOf(event: PrimaryDecided): PrimaryDecision {
  const { userId, userKnown, credentialDigest } = event;
  const context = contextOf(event.context);
  return { context, userId: userId as UserId, userKnown, refusal: refusalOf(event), credentialDigest };
}

/** Fail closed: only an outcome that says so is a proven first factor; anything unclear is poison. */
function refusalOf({ outcome, resultCode }: PrimaryDecided): ResultCode | undefined {
  const code = resultCodeOf(resultCode);
  if (outcome === PrimaryOutcome.ACCEPTED && code === undefined) return undefined;
  if (outcome !== PrimaryOutcome.REJECTED || code === undefined || code.startsWith("SUCCESS")) {
    throw new Error("A decision about the first factor says neither accepted nor why it was refused.");
  }
  return code;
}
