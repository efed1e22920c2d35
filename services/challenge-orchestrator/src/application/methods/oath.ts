import type { CheckCode } from "../check-code.js";
import { type ElsewhereAnswer, type Judgement, type Method, type TypedText, unasked } from "./method.js";

/** The code of a token, or of a device, which is one too. */
export class OathMethod implements Method {
  readonly #checkCode: CheckCode;

  constructor(checkCode: CheckCode) {
    this.#checkCode = checkCode;
  }

  async typed({ userId, answerId, text, challenge }: TypedText): Promise<Judgement> {
    const check = await this.#checkCode.execute({ userId, answerId, code: text });
    if (!check.right) return { kind: "wrong", resultCode: check.resultCode, notice: "code-wrong" };
    const resultCode = challenge.fallback ? "SUCCESS_FALLBACK_OATH_CODE_VERIFIED" : "SUCCESS_OATH_CODE_VERIFIED";
    return { kind: "right", resultCode, tokenSerial: check.serial };
  }

  async elsewhere(_answer: ElsewhereAnswer): Promise<Judgement> {
    return unasked("FAILED_OATH_CODE_INCORRECT");
  }
}
