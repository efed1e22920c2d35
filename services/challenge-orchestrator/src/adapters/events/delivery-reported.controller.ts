import { Controller, Inject } from "@nestjs/common";
import { OnEvent } from "@portcullis/kit";
import type { LoginId, UserId } from "@portcullis/login";
import { DeliveryOutcome, type DeliveryReported, DeliveryReportedSchema } from "@portcullis/proto";
import { type DeliveryFailure, HandleDelivery } from "../../application/handle-delivery.js";

const FAILURES: ReadonlyMap<DeliveryOutcome, DeliveryFailure> = new Map([
  [DeliveryOutcome.BUSY, "busy"],
  [DeliveryOutcome.NO_ANSWER, "no-answer"],
  [DeliveryOutcome.HUNG_UP, "hung-up"],
  [DeliveryOutcome.UNREACHABLE, "unreachable"],
  [DeliveryOutcome.NO_PROVIDER, "no-provider"],
  [DeliveryOutcome.UNKNOWN, "unknown"],
]);

@Controller()
export class DeliveryReportedController {
  constructor(@Inject(HandleDelivery) private readonly handleDelivery: HandleDelivery) {}

  @OnEvent(DeliveryReportedSchema, { deadlineMs: (event: DeliveryReported) => Number(event.deadlineMs) })
  async onDeliveryReported({ outcome, challengeId, loginId, userId }: DeliveryReported): Promise<void> {
    const failure = FAILURES.get(outcome);
    if (failure === undefined) return;
    const login = { loginId: loginId as LoginId, userId: userId as UserId };
    await this.handleDelivery.execute({ ...login, challengeId, failure });
  }
}
