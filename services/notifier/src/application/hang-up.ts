import type { Clock, Log } from "@portcullis/kit";
import type { Script } from "../domain/call-script.js";
import type { ChallengeRecord, Challenges, ProviderLine } from "./ports.js";

export interface HangUpParts {
  readonly challenges: Pick<Challenges, "endCall">;
  readonly line: Pick<ProviderLine, "find">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Ends a challenge's call, with a last word to whoever has taken it. */
export class HangUp {
  readonly #parts: HangUpParts;

  constructor(parts: HangUpParts) {
    this.#parts = parts;
  }

  /** Resolves when the provider has ended it, or could not: then it ends by itself. */
  async execute(challenge: ChallengeRecord, lastWord?: Script): Promise<void> {
    const { challengeId, call } = challenge;
    await this.atProvider(challenge, lastWord);
    if (call.reference === "") return; // It is being dialled: whoever does so hangs up.
    await this.#parts.challenges.endCall({ challengeId, leg: call.leg }, this.#parts.clock.nowMs());
  }

  /** The same without a note of it: what comes next depends on how it ended. */
  async atProvider({ challengeId, call }: ChallengeRecord, lastWord?: Script): Promise<void> {
    if (call.reference === "" || call.state === "ended") return;
    const provider = this.#parts.line.find(call.provider);
    try {
      if (call.state === "talking" && lastWord !== undefined && provider?.say !== undefined) {
        await provider.say(call.reference, lastWord);
      } else {
        await provider?.hangUp?.(call.reference);
      }
    } catch (error) {
      this.#parts.log.warn("call.not_hung_up", { provider: call.provider, challengeId, error });
    }
  }
}
