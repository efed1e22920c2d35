import type { Challenge } from "../../domain/challenge.js";
import { isSameText } from "../../domain/same-text.js";
import { propertiesOf } from "../../domain/way.js";
import type { Challenges } from "../challenges.js";
import type { CheckPin } from "../check-pin.js";
import type { ElsewhereAnswer, Judgement, Method, TypedText } from "./method.js";
import { unasked } from "./method.js";
import type { OathMethod } from "./oath.js";
import { pinTrouble } from "./pin.js";

export interface AppParts {
  readonly challenges: Pick<Challenges, "number">;
  readonly checkPin: CheckPin;
  readonly oath: OathMethod;
}

/** What is typed while the app is asked: a code of it is one, anything shorter only says that she has answered there. */
const LEAST_CODE_DIGITS = 6;

/** An approval in the app, with the PIN, the number that the client shows, or the choice of what is being connected to. */
export class AppMethod implements Method {
  readonly #parts: AppParts;

  constructor(parts: AppParts) {
    this.#parts = parts;
  }

  async typed(typed: TypedText): Promise<Judgement> {
    if (/^[0-9]+$/.test(typed.text) && typed.text.length >= LEAST_CODE_DIGITS) return this.#parts.oath.typed(typed);
    return { kind: "waits" };
  }

  async elsewhere({ userId, challenge, answer }: ElsewhereAnswer): Promise<Judgement> {
    const { way } = challenge;
    if (answer.channel !== "app") return unasked(propertiesOf(way).wrong);
    switch (answer.word) {
      case "fraud":
        return { kind: "fraud" };
      case "deny":
        return { kind: "denied", resultCode: "FAILED_PHONE_APP_DENIED", byUser: true };
      case "text":
        return unasked(propertiesOf(way).wrong);
      case "approve":
        break;
    }
    // Both are checked, whichever is wrong.
    const trouble = way.pin ? await pinTrouble(this.#parts.checkPin, userId, answer.pin) : undefined;
    const expected = this.#expected(challenge);
    if (expected !== undefined && !isSameText(answer.matched, expected)) {
      return { kind: "wrong", resultCode: "FAILED_PHONE_APP_MATCH_INCORRECT", notice: "match-wrong" };
    }
    return trouble ?? { kind: "right", resultCode: propertiesOf(way).success };
  }

  #expected({ way, challengeId, connectingTo }: Challenge): string | undefined {
    switch (way.matching) {
      case "none":
        return undefined;
      case "number":
        return this.#parts.challenges.number(challengeId);
      case "context":
        return connectingTo;
    }
  }
}
