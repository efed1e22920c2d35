import { Controller, Inject } from "@nestjs/common";
import { OnEvent } from "@portcullis/kit";
import { MailKind, type MailRequested, MailRequestedSchema } from "@portcullis/proto";
import { QueueMail, type RequestedMail } from "../../application/queue-mail.js";
import { languageOf } from "../../domain/language.js";

const KINDS: ReadonlyMap<MailKind, RequestedMail["kind"]> = new Map([
  [MailKind.FRAUD_REPORTED, "fraudReported"],
  [MailKind.USER_UNBLOCKED, "userUnblocked"],
]);

@Controller()
export class MailRequestedController {
  constructor(@Inject(QueueMail) private readonly queueMail: QueueMail) {}

  @OnEvent(MailRequestedSchema)
  async onMailRequested({ mailId, kind: asked, recipients, language, fields }: MailRequested): Promise<void> {
    const kind = KINDS.get(asked);
    if (kind === undefined || mailId === "") throw new Error("A mail was requested without an id or a kind.");
    await this.queueMail.execute({ mailId, kind, recipients, language: languageOf(language), fields });
  }
}
