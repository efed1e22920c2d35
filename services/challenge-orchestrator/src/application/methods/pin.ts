import type { UserId } from "@portcullis/login";
import type { CheckPin } from "../check-pin.js";
import type { Judgement } from "./method.js";

/** @returns undefined where the PIN is right and may be used */
export async function pinTrouble(checkPin: CheckPin, userId: UserId, pin: string): Promise<Judgement | undefined> {
  switch (await checkPin.execute({ userId, pin })) {
    case "right":
      return undefined;
    case "wrong":
      return { kind: "wrong", resultCode: "FAILED_PIN_INCORRECT", notice: "pin-wrong" };
    case "must-change":
    case "expired":
      return { kind: "denied", resultCode: "FAILED_PIN_EXPIRED", byUser: false };
    case "none":
      return { kind: "denied", resultCode: "FAILED_PIN_NOT_SET", byUser: false };
  }
}
