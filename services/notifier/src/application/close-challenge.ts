import type { Clock } from "@portcullis/kit";
import { lastScript } from "../domain/call-script.js";
import type { HangUp } from "./hang-up.js";
import type { Challenges, ClosedChallenge, TextSource } from "./ports.js";

export interface CloseChallengeParts {
  readonly challenges: Pick<Challenges, "close">;
  readonly hangUp: HangUp;
  readonly source: TextSource;
  readonly clock: Clock;
}

/** A challenge is over: its call hears so and ends. */
export class CloseChallenge {
  readonly #parts: CloseChallengeParts;

  constructor(parts: CloseChallengeParts) {
    this.#parts = parts;
  }

  async execute(closed: ClosedChallenge): Promise<void> {
    const { challenges, hangUp, source, clock } = this.#parts;
    const nowMs = clock.nowMs();
    const challenge = await challenges.close(closed, nowMs);
    if (challenge === undefined || challenge.method !== "voice") return;
    const { state, listeningUntilMs } = challenge.call;
    // Whoever waits for this word with the caller on the line says it.
    if (state === "none" || state === "ended" || listeningUntilMs > nowMs) return;
    await hangUp.execute(challenge, lastScript(source.texts, challenge.details.language, closed.result));
  }
}
