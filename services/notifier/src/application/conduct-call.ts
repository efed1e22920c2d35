import type { Clock } from "@portcullis/kit";
import { type Asking, askingScript, lastScript, type Script } from "../domain/call-script.js";
import { type Dial, stepOf } from "./dial.js";
import type { CallPlace, ChallengeRecord, Challenges, NotifierEvents, Pause, TextSource } from "./ports.js";
import type { TellOutcome } from "./tell-outcome.js";

/** How long a caller stays on the line for the word on what she pressed. Providers give a webhook 15 s. */
const WORD_LIMIT_MS = 8_000;
const LOOK_AGAIN_MS = 150;
/** So many look that often; where more wait, each looks more rarely: the database is asked 670 times a second at the most. */
const LOOKING_OFTEN = 100;
/** How often a call asks when nothing is pressed: a mailbox presses nothing. */
const MAX_UNHEARD = 3;
const MAX_KEYS = 32;

/** How a leg's call ended, as the provider says. */
export type CallEnd = "busy" | "no-answer" | "unreachable" | "completed";

export interface PressedKeys {
  /** Without the closing #. */
  readonly keys: string;
  /** Whether # was pressed: what was not finished is no answer. */
  readonly finished: boolean;
}

export interface ConductCallParts {
  readonly challenges: Pick<Challenges, "find" | "moveCall" | "endCall" | "answered" | "unheard" | "listening">;
  readonly events: Pick<NotifierEvents, "factorAnswered">;
  readonly source: TextSource;
  readonly tell: TellOutcome;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly pause: Pause;
}

/**
 * A call from the moment it is taken: what it says, what was pressed, how it ended. Where it stands is in the database, so that
 * each step may reach another process.
 */
export class ConductCall {
  readonly #parts: ConductCallParts;
  #waiting = 0;

  constructor(parts: ConductCallParts) {
    this.#parts = parts;
  }

  /** Somebody took the call. */
  async taken(place: CallPlace, by: { readonly provider: string; readonly reference: string }): Promise<Script> {
    const { challenges, tell, clock } = this.#parts;
    const challenge = await challenges.moveCall({ ...place, ...by, state: "talking" }, clock.nowMs());
    if (challenge === undefined || challenge.result !== undefined || challenge.call.state === "ended") {
      return this.#last(challenge);
    }
    const step = stepOf(place.leg);
    await tell.execute({ challengeId: place.challengeId, step, state: "delivered", ...by });
    return this.#ask(challenge, challenge.attempt > 1 ? challenge.notice : "first");
  }

  /** Keys were pressed, or none for a while. */
  async pressed({ challengeId, leg }: CallPlace, { keys, finished }: PressedKeys): Promise<Script> {
    const { challenges, events, clock } = this.#parts;
    const challenge = await challenges.find(challengeId);
    if (challenge === undefined || challenge.call.leg !== leg || challenge.result !== undefined) {
      return this.#last(challenge);
    }
    const isAnswer = finished && keys.length <= MAX_KEYS && (keys !== "" || !challenge.details.asksPin);
    if (!isAnswer) {
      const unheard = await challenges.unheard(challengeId);
      return unheard < MAX_UNHEARD ? this.#ask(challenge, "not-heard") : this.#goodbye(challenge);
    }
    await challenges.listening(challengeId, clock.nowMs() + WORD_LIMIT_MS);
    if (challenge.answeredAttempt < challenge.attempt) {
      await events.factorAnswered({ challenge, channel: "call", text: keys });
      await challenges.answered(challengeId, challenge.attempt);
    }
    this.#waiting++;
    try {
      return await this.#word(challenge);
    } finally {
      this.#waiting--;
    }
  }

  /** The call is over. */
  async ended(place: CallPlace, end: CallEnd): Promise<void> {
    const { challenges, tell, dial, clock } = this.#parts;
    const challenge = await challenges.find(place.challengeId);
    if (challenge === undefined || challenge.call.leg !== place.leg || challenge.call.state === "ended") return;
    const key = { challengeId: place.challengeId, step: stepOf(place.leg) };
    if (challenge.result !== undefined) {
      await challenges.endCall(place, clock.nowMs());
      return;
    }
    if (end === "completed") {
      // Who has answered and waits no longer has not hung up on us.
      if (challenge.answeredAttempt < challenge.attempt) await tell.execute({ ...key, state: "hung-up" });
    } else if (place.leg === "first" && challenge.details.backupNumber !== "") {
      await tell.execute({ ...key, state: end, silent: true });
      return dial.execute(challenge, "backup");
    } else {
      await tell.execute({ ...key, state: end });
    }
    await challenges.endCall(place, clock.nowMs());
  }

  /** Waits for what the orchestrator makes of the answer: the end, or the next attempt. */
  async #word(asked: ChallengeRecord): Promise<Script> {
    const { challenges, clock, pause } = this.#parts;
    const endMs = clock.nowMs() + WORD_LIMIT_MS;
    while (clock.nowMs() < endMs) {
      const now = await challenges.find(asked.challengeId);
      if (now === undefined || now.result !== undefined) return this.#last(now);
      if (now.attempt > asked.attempt) {
        await challenges.listening(asked.challengeId, 0);
        return this.#ask(now, now.notice);
      }
      await pause.ms(LOOK_AGAIN_MS * Math.ceil(this.#waiting / LOOKING_OFTEN));
    }
    await challenges.listening(asked.challengeId, 0);
    return this.#goodbye(asked);
  }

  #ask({ details }: ChallengeRecord, asking: Asking): Script {
    return askingScript(this.#parts.source.texts, details, asking);
  }

  #last(challenge: ChallengeRecord | undefined): Script {
    return lastScript(this.#parts.source.texts, challenge?.details.language ?? "en", challenge?.result ?? "expired");
  }

  #goodbye({ details }: ChallengeRecord): Script {
    return lastScript(this.#parts.source.texts, details.language, undefined);
  }
}
