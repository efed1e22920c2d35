import type { Clock, KeyedDigest } from "@portcullis/kit";
import { internationalNumber } from "../domain/phone-number.js";
import type { Dial } from "./dial.js";
import { stepOf } from "./dial.js";
import type { Challenges, IssuedChallenge } from "./ports.js";
import type { SendText } from "./send-text.js";
import type { TellOutcome } from "./tell-outcome.js";

export interface ReachPersonParts {
  readonly challenges: Pick<Challenges, "open">;
  readonly dial: Dial;
  readonly sendText: SendText;
  readonly tell: TellOutcome;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
}

/** A person has to be reached by a call or a text; or, at a later attempt, goes on where she is. */
export class ReachPerson {
  readonly #parts: ReachPersonParts;

  constructor(parts: ReachPersonParts) {
    this.#parts = parts;
  }

  async execute(issued: IssuedChallenge): Promise<void> {
    const { challenges, dial, sendText, tell, digest, clock } = this.#parts;
    const nowMs = clock.nowMs();
    if (nowMs >= issued.deadlineMs) return;
    const { method, attempt, details } = issued;
    const replyDigest = method === "sms" ? numberDigestOf(digest, details.number) : undefined;
    const challenge = await challenges.open(issued, replyDigest, nowMs);
    if (challenge.result !== undefined) return;
    // Nobody is texted for an attempt that a later one has overtaken.
    if (method === "sms") {
      if (attempt === 1 || (details.twoWay && challenge.attempt === attempt))
        await sendText.execute({ ...challenge, attempt });
      return;
    }
    if (attempt === 1) return dial.execute(challenge, "first");
    // The call says that it was wrong; one that has ended meanwhile can't, and a later attempt rings nobody.
    if (challenge.call.state !== "ended") return;
    const step = stepOf(challenge.call.leg);
    await tell.execute({ challengeId: challenge.challengeId, step, state: "hung-up" });
  }
}

/** By which a reply finds its challenge: the number itself is nowhere in clear. */
export function numberDigestOf(digest: KeyedDigest, number: string): string | undefined {
  const international = internationalNumber(number);
  return international === undefined ? undefined : digest.hex("number that is texted", international);
}
