import type { Clock, Log } from "@portcullis/kit";
import type { ClaimedMail, DeliveryReport, Mails, ProviderLine } from "./ports.js";

const MAX_AT_ONCE = 20;
const FIRST_BACKOFF_MS = 30_000;
const LONGEST_BACKOFF_MS = 3_600_000;
const GIVE_UP_AFTER_MS = 24 * 3_600_000;
/** A mail is under way no longer than this, whoever sends it. */
const DIED_AFTER_MS = 120_000;

export interface SendMailsParts {
  readonly mails: Mails;
  readonly line: Pick<ProviderLine, "hand">;
  readonly report: Pick<DeliveryReport, "delivered">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Sends the mails that are due; what no provider takes is tried again for a day. */
export class SendMails {
  readonly #parts: SendMailsParts;

  constructor(parts: SendMailsParts) {
    this.#parts = parts;
  }

  async execute(): Promise<void> {
    const { mails, clock, log } = this.#parts;
    const nowMs = clock.nowMs();
    for (const mailId of await mails.abandon(nowMs - DIED_AFTER_MS)) log.warn("mail.unknown", { mailId });
    const due = await mails.claimDue(nowMs, MAX_AT_ONCE);
    await Promise.all(due.map((mail) => this.#send(mail)));
  }

  async #send(mail: ClaimedMail): Promise<void> {
    const { mails, line, report, clock, log } = this.#parts;
    const { mailId, tries, queuedAtMs } = mail;
    const giveUpAtMs = queuedAtMs + GIVE_UP_AFTER_MS;
    const result = await line.hand("mail", Number.POSITIVE_INFINITY, async (provider) =>
      provider.mail === undefined ? { kind: "refused", why: "it sends no mail" } : provider.mail(mail),
    );
    report.delivered(result.provider, "mail", result.kind === "taken" ? "sent" : result.kind);
    if (result.kind === "taken") return mails.end(mailId, "sent", result.provider);
    if (result.kind === "unknown") {
      log.warn("mail.unknown", { mailId, provider: result.provider });
      return mails.end(mailId, "unknown", result.provider);
    }
    if (result.kind === "unreachable" || clock.nowMs() >= giveUpAtMs) {
      log.error("mail.given_up", { mailId, tries: tries + 1 });
      return mails.end(mailId, "given-up", result.provider);
    }
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(tries, 10), LONGEST_BACKOFF_MS);
    return mails.again(mailId, clock.nowMs() + backoffMs);
  }
}
