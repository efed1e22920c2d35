import type { LoginId, LoginOutcome } from "@portcullis/login";
import type { LoginEvents, ReportEnd } from "./ports.js";

/** Logins whose end was counted here; a repetition after more than these others counts twice, which nobody notices. */
const MAX_REMEMBERED = 16_384;

/**
 * Publishes the end of a login, the one place that counts and logs it. It is published once more whenever a step is repeated
 * (the audit takes one for each login), yet counted once.
 */
export class AnnounceEnd {
  readonly #events: Pick<LoginEvents, "loginDecided">;
  readonly #report: ReportEnd;
  readonly #reported = new Set<LoginId>();

  constructor(events: Pick<LoginEvents, "loginDecided">, report: ReportEnd) {
    this.#events = events;
    this.#report = report;
  }

  async execute(outcome: LoginOutcome): Promise<void> {
    await this.#events.loginDecided(outcome);
    const { loginId } = outcome.context;
    if (this.#reported.has(loginId)) return;
    if (this.#reported.size >= MAX_REMEMBERED) {
      const oldest = this.#reported.values().next();
      if (!oldest.done) this.#reported.delete(oldest.value);
    }
    this.#reported.add(loginId);
    this.#report(outcome);
  }
}
