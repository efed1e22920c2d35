import type { Clock, KeyedDigest } from "@portcullis/kit";
import type { Challenges, DeliveryReport, NotifierEvents } from "./ports.js";
import { numberDigestOf } from "./reach-person.js";

/** Longer ones are no answer to anything. */
const MAX_TEXT_LENGTH = 160;

export interface TakeTextParts {
  readonly challenges: Pick<Challenges, "findOpenText">;
  readonly events: Pick<NotifierEvents, "factorAnswered">;
  readonly report: Pick<DeliveryReport, "textDropped">;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
}

/** A text came in: it belongs to the newest open challenge that was texted to its number, or to nobody. */
export class TakeText {
  readonly #parts: TakeTextParts;

  constructor(parts: TakeTextParts) {
    this.#parts = parts;
  }

  /** @returns whether somebody waited for it */
  async execute(from: string, text: string): Promise<boolean> {
    const { challenges, events, report, digest, clock } = this.#parts;
    const number = numberDigestOf(digest, from);
    const answer = text.trim();
    const challenge =
      number === undefined || answer === "" || answer.length > MAX_TEXT_LENGTH
        ? undefined
        : await challenges.findOpenText(number, clock.nowMs());
    if (challenge === undefined) {
      report.textDropped();
      return false;
    }
    await events.factorAnswered({ challenge, channel: "text", text: answer });
    return true;
  }
}
