import type { Clock, Log } from "@portcullis/kit";
import type { Challenge } from "../domain/inbox.js";
import type { Inbox } from "./inbox.js";
import type { Devices, MobileEvents } from "./ports.js";

export interface ShowChallengeParts {
  readonly inbox: Inbox;
  readonly devices: Devices;
  readonly events: MobileEvents;
  readonly clock: Clock;
  readonly log: Log;
}

/** Shows a challenge on the devices of its user, and wakes them. */
export class ShowChallenge {
  readonly #parts: ShowChallengeParts;

  constructor(parts: ShowChallengeParts) {
    this.#parts = parts;
  }

  /**
   * A redelivery does all of it again: the same entry stays one entry, whoever wakes devices does it once for each challenge, and
   * of each outcome one report counts.
   */
  async execute(challenge: Challenge): Promise<void> {
    const { inbox, devices, events, clock, log } = this.#parts;
    const { userId, challengeId, loginId, expiresAtMs: deadlineMs } = challenge;
    if (deadlineMs <= clock.nowMs()) return;
    const report = (outcome: "sent" | "unreachable") =>
      events.deliveryReported({ challengeId, loginId, userId, outcome, reportedAtMs: clock.nowMs(), deadlineMs });
    const reachable = await devices.usable(userId);
    if (reachable.length === 0) return report("unreachable");
    const put = await inbox.put(userId, { state: "open", challenge });
    if (put === "overtaken") return; // It has ended, or a later attempt is shown.
    if (put === "full") {
      log.warn("inbox.full", { loginId });
      return report("unreachable");
    }
    // A later attempt goes on where the person is: it rings nobody.
    if (challenge.attempt <= 1) {
      for (const { deviceId, sealedSubscription } of reachable) {
        if (sealedSubscription === undefined) continue;
        await events.pushRequested({ challengeId, userId, deviceId, sealedSubscription, deadlineMs });
      }
    }
    await report("sent");
  }
}
