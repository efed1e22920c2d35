import type { Clock } from "@portcullis/kit";
import type { Language } from "../domain/language.js";
import type { Fields } from "../domain/texts.js";
import type { Mails, TextSource } from "./ports.js";

export interface RequestedMail {
  readonly mailId: string;
  readonly kind: "fraudReported" | "userUnblocked";
  readonly recipients: readonly string[];
  readonly language: Language;
  readonly fields: Fields;
}

const MAX_RECIPIENTS = 50;
const MAX_FIELD_LENGTH = 200;

/** Writes a mail and keeps it until it is sent: whoever asked for it may forget it. */
export class QueueMail {
  readonly #mails: Pick<Mails, "queue">;
  readonly #source: TextSource;
  readonly #clock: Clock;

  constructor(mails: Pick<Mails, "queue">, source: TextSource, clock: Clock) {
    this.#mails = mails;
    this.#source = source;
    this.#clock = clock;
  }

  async execute({ mailId, kind, recipients, language, fields }: RequestedMail): Promise<void> {
    if (recipients.length === 0) return;
    const { texts } = this.#source;
    const printable = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, lineOf(value)]));
    const subject = lineOf(texts.fill(language, `mail.${kind}.subject`, printable));
    const body = texts.fill(language, `mail.${kind}.body`, printable);
    await this.#mails.queue(
      { mailId, recipients: recipients.slice(0, MAX_RECIPIENTS), subject, body },
      this.#clock.nowMs(),
    );
  }
}

/** What came from outside stays on its line. */
function lineOf(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").slice(0, MAX_FIELD_LENGTH);
}
