import { create } from "@bufbuild/protobuf";
import type { EventBus } from "@portcullis/kit";
import { FraudReportedSchema, MailKind, MailRequestedSchema, UserBlockChangedSchema } from "@portcullis/proto";
import type { BlockState, FraudEvents } from "../../application/ports.js";
import type { FraudMail } from "../../domain/fraud-mail.js";
import type { FraudReport } from "../../domain/fraud-report.js";
import { messageOf } from "./report-message.js";

const KINDS: Readonly<Record<FraudMail["kind"], MailKind>> = {
  "fraud-reported": MailKind.FRAUD_REPORTED,
  "user-unblocked": MailKind.USER_UNBLOCKED,
};

/** Publishes on the event bus. */
export class BusFraudEvents implements FraudEvents {
  readonly #bus: EventBus;

  constructor(bus: EventBus) {
    this.#bus = bus;
  }

  fraudReported(report: FraudReport): Promise<void> {
    return this.#bus.publish(FraudReportedSchema, report.userId, messageOf(report));
  }

  blockChanged({ userId, generation, block }: BlockState): Promise<void> {
    const state = create(UserBlockChangedSchema, {
      userId,
      generation: BigInt(generation),
      blocked: block !== undefined,
      untilMs: BigInt(block?.untilMs ?? 0),
      reason: block?.reason ?? "",
    });
    return this.#bus.publishState(UserBlockChangedSchema, userId, state);
  }

  mailRequested({ mailId, kind, recipients, language, fields, requestedAtMs }: FraudMail): Promise<void> {
    const mail = create(MailRequestedSchema, {
      mailId,
      kind: KINDS[kind],
      recipients: [...recipients],
      language,
      fields: { ...fields },
      requestedAtMs: BigInt(requestedAtMs),
    });
    return this.#bus.publish(MailRequestedSchema, mailId, mail);
  }
}
