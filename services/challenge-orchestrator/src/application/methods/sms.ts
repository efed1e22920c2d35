import { isSameText } from "../../domain/same-text.js";
import { propertiesOf } from "../../domain/way.js";
import type { Challenges } from "../challenges.js";
import type { CheckPin } from "../check-pin.js";
import type { FraudCode } from "../ports.js";
import type { ElsewhereAnswer, GivenAnswer, Judgement, Method, TypedText } from "./method.js";
import { pinTrouble } from "./pin.js";

export interface SmsParts {
  readonly challenges: Pick<Challenges, "textCode">;
  readonly checkPin: CheckPin;
  readonly fraudCode: FraudCode;
}

/** A code by text, typed at the prompt (one-way) or texted back (two-way), with the PIN right behind it where that is asked for. */
export class SmsMethod implements Method {
  readonly #parts: SmsParts;

  constructor(parts: SmsParts) {
    this.#parts = parts;
  }

  typed(answer: TypedText): Promise<Judgement> {
    return this.#judge(answer, answer.text);
  }

  async elsewhere(given: ElsewhereAnswer): Promise<Judgement> {
    const { channel, text } = given.answer;
    if (channel !== "text" || !given.challenge.way.twoWay) return wrong(given);
    const typed = text.replace(/\s+/g, "");
    const fraudCode = this.#parts.fraudCode();
    if (fraudCode !== "" && isSameText(typed, fraudCode)) return { kind: "fraud" };
    return this.#judge(given, typed);
  }

  async #judge(given: GivenAnswer, typed: string): Promise<Judgement> {
    const { challenges, checkPin } = this.#parts;
    const { way } = given.challenge;
    const code = challenges.textCode(given.loginId);
    const isRight = isSameText(typed.slice(0, code.length), code);
    const right = { kind: "right", resultCode: propertiesOf(way).success } as const;
    if (!way.pin) return isRight && typed.length === code.length ? right : wrong(given);
    // The PIN is checked for a wrong code too: else the time would tell which of the two was wrong.
    const trouble = await pinTrouble(checkPin, given.userId, typed.slice(code.length));
    if (!isRight) return wrong(given);
    return trouble ?? right;
  }
}

function wrong({ challenge }: GivenAnswer): Judgement {
  return { kind: "wrong", resultCode: propertiesOf(challenge.way).wrong, notice: "code-wrong" };
}
