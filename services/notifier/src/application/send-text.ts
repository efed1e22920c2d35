import type { Clock } from "@portcullis/kit";
import { maskedNumber } from "../domain/phone-number.js";
import { textMessage } from "../domain/text-message.js";
import type { ChallengeRecord, Deliveries, ProviderLine, TextSource } from "./ports.js";
import type { TellOutcome } from "./tell-outcome.js";

export interface SendTextParts {
  readonly deliveries: Pick<Deliveries, "claim">;
  readonly line: Pick<ProviderLine, "hand">;
  readonly source: TextSource;
  readonly tell: TellOutcome;
  readonly clock: Clock;
  readonly processId: string;
}

/** Sends the text of one attempt of a challenge, once. */
export class SendText {
  readonly #parts: SendTextParts;

  constructor(parts: SendTextParts) {
    this.#parts = parts;
  }

  async execute(challenge: ChallengeRecord): Promise<void> {
    const { deliveries, line, source, tell, clock, processId } = this.#parts;
    const { challengeId, loginId, userId, method, deadlineMs, attempt, details } = challenge;
    const step = `text-${attempt}`;
    const claimed = { claimedBy: processId, claimedAtMs: clock.nowMs() };
    const recipient = maskedNumber(details.number);
    const before = await deliveries.claim({
      challengeId,
      step,
      loginId,
      userId,
      method,
      recipient,
      deadlineMs,
      ...claimed,
    });
    if (before !== undefined) return tell.resume(before);
    const text = textMessage(source.texts, details, attempt > 1);
    const ttlSeconds = Math.max(1, Math.ceil((deadlineMs - clock.nowMs()) / 1_000));
    const result = await line.hand("sms", deadlineMs, async (provider) =>
      provider.text === undefined
        ? { kind: "refused", why: "it sends no texts" }
        : provider.text({ challengeId, step, to: details.number, text, ttlSeconds }),
    );
    const { provider } = result;
    if (result.kind === "taken") {
      await tell.execute({ challengeId, step, state: "sent", provider, reference: result.reference });
    } else {
      await tell.execute({ challengeId, step, state: result.kind, provider });
    }
  }
}
