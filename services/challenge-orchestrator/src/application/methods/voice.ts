import { isSameText } from "../../domain/same-text.js";
import { propertiesOf } from "../../domain/way.js";
import type { CheckPin } from "../check-pin.js";
import type { FraudCode } from "../ports.js";
import { type ElsewhereAnswer, type Judgement, type Method, type TypedText, unasked } from "./method.js";
import { pinTrouble } from "./pin.js";

export interface VoiceParts {
  readonly checkPin: CheckPin;
  readonly fraudCode: FraudCode;
}

/** A call: `#` alone approves, or the PIN and `#`; the fraud code and `#` reports. Keys come without the `#`. */
export class VoiceMethod implements Method {
  readonly #parts: VoiceParts;

  constructor(parts: VoiceParts) {
    this.#parts = parts;
  }

  async typed({ challenge }: TypedText): Promise<Judgement> {
    return unasked(propertiesOf(challenge.way).wrong);
  }

  async elsewhere({ userId, challenge, answer }: ElsewhereAnswer): Promise<Judgement> {
    const { checkPin, fraudCode } = this.#parts;
    const { way } = challenge;
    const right = { kind: "right", resultCode: propertiesOf(way).success } as const;
    if (answer.channel !== "call" || answer.word !== "text") return unasked(propertiesOf(way).wrong);
    const code = fraudCode();
    if (code !== "" && isSameText(answer.text, code)) return { kind: "fraud" };
    if (way.pin) return (await pinTrouble(checkPin, userId, answer.text)) ?? right;
    return answer.text === "" ? right : unasked(propertiesOf(way).wrong);
  }
}
