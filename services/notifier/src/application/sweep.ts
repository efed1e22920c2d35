import { type Clock, isUnavailable, type Log } from "@portcullis/kit";
import type { ConductCall } from "./conduct-call.js";
import type { HangUp } from "./hang-up.js";
import type { Challenges, Deliveries, Mails } from "./ports.js";
import type { TellOutcome } from "./tell-outcome.js";

/** Longer than everything that a delivery may wait for, over several providers. */
const ABANDONED_AFTER_MS = 90_000;
const UNTOLD_AFTER_MS = 3_000;
/** Providers let a phone ring for half a minute and say so; when they don't, this does. */
const RUNG_TOO_LONG_MS = 75_000;
/** A call ends by itself soon after its challenge: its last word takes a while. */
const OUTLIVED_MS = 20_000;
const MAX_AT_ONCE = 200;
/** A provider may still call back about one that has ended. */
const KEEP_CHALLENGES_MS = 900_000;
const KEEP_LOG_MS = 30 * 24 * 3_600_000;
const FORGET_EVERY_MS = 60_000;
const FORGET_AT_ONCE = 5_000;

export interface SweepParts {
  readonly challenges: Pick<Challenges, "overdueCalls" | "forget">;
  readonly deliveries: Pick<Deliveries, "abandoned" | "untold" | "forget">;
  readonly mails: Pick<Mails, "forget">;
  readonly tell: TellOutcome;
  readonly conduct: ConductCall;
  readonly hangUp: HangUp;
  readonly clock: Clock;
  readonly log: Log;
}

/** Ends what nobody else ends: a sender that died, a provider that never called back. Any replica may, at any time. */
export class Sweep {
  readonly #parts: SweepParts;
  #forgetAtMs = 0;

  constructor(parts: SweepParts) {
    this.#parts = parts;
  }

  async execute(): Promise<void> {
    const { deliveries, tell, clock } = this.#parts;
    const nowMs = clock.nowMs();
    for (const { challengeId, step } of await deliveries.abandoned(nowMs - ABANDONED_AFTER_MS, MAX_AT_ONCE)) {
      await this.#try(() => tell.execute({ challengeId, step, state: "unknown" }));
    }
    for (const delivery of await deliveries.untold(nowMs - UNTOLD_AFTER_MS, MAX_AT_ONCE)) {
      await this.#try(() => tell.tell(delivery));
    }
    await this.#endCalls(nowMs);
    await this.#forget(nowMs);
  }

  async #endCalls(nowMs: number): Promise<void> {
    const { challenges, conduct, hangUp } = this.#parts;
    const overdue = { sinceMs: nowMs - RUNG_TOO_LONG_MS, endedMs: nowMs - OUTLIVED_MS };
    for (const challenge of await challenges.overdueCalls(overdue)) {
      const { challengeId, deadlineMs, result, call } = challenge;
      await this.#try(async () => {
        if (result !== undefined || nowMs >= deadlineMs) return hangUp.execute(challenge);
        // Hung up first: the next number may be dialled now.
        await hangUp.atProvider(challenge);
        await conduct.ended({ challengeId, leg: call.leg }, "no-answer");
      });
    }
  }

  async #forget(nowMs: number): Promise<void> {
    if (nowMs < this.#forgetAtMs) return;
    this.#forgetAtMs = nowMs + FORGET_EVERY_MS;
    await this.#parts.challenges.forget(nowMs - KEEP_CHALLENGES_MS, FORGET_AT_ONCE);
    await this.#parts.deliveries.forget(nowMs - KEEP_LOG_MS, FORGET_AT_ONCE);
    await this.#parts.mails.forget(nowMs - KEEP_LOG_MS, FORGET_AT_ONCE);
  }

  /** One that fails does not hold up the others; it comes again with the next turn. */
  async #try(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (isUnavailable(error)) throw error;
      this.#parts.log.error("sweep.bug", { error });
    }
  }
}
