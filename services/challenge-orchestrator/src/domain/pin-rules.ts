import type { UserId } from "@portcullis/login";

/** Why a PIN may not be chosen. */
export type PinTrouble = "not-digits" | "too-short" | "too-long" | "repeats" | "runs" | "phone";

const MIN_PIN_DIGITS = 4;
/** As many as a person types on the keys of a phone without a mistake; it also bounds the work of a check. */
const MAX_PIN_DIGITS = 16;
/** So many equal or consecutive digits behind each other are easily guessed. */
const RUN_DIGITS = 3;
/** So many digits of a phone number behind each other are known to whoever knows the number. */
const PHONE_DIGITS = 4;

/**
 * Whether a PIN may be chosen, by itself and by the user's phones. That it is none of the last ones only their hashes can tell.
 * @param phones numbers and extensions, with whatever stands between their digits
 * @returns everything that is wrong with it; none: it may
 */
export function pinTroubles(pin: string, phones: readonly string[]): PinTrouble[] {
  if (!/^[0-9]*$/.test(pin)) return ["not-digits"];
  if (pin.length < MIN_PIN_DIGITS) return ["too-short"];
  if (pin.length > MAX_PIN_DIGITS) return ["too-long"];
  const troubles: PinTrouble[] = [];
  const digits = Array.from(pin, Number);
  if (hasRun(digits, 0)) troubles.push("repeats");
  if (hasRun(digits, 1) || hasRun(digits, -1)) troubles.push("runs");
  if (phones.some((phone) => sharesRun(pin, phone.replace(/[^0-9]/g, "")))) troubles.push("phone");
  return troubles;
}

/** Whether so many digits follow each other at the same distance. */
function hasRun(digits: readonly number[], distance: number): boolean {
  let length = 1;
  for (const [at, digit] of digits.entries()) {
    length = at > 0 && digit - (digits[at - 1] ?? Number.NaN) === distance ? length + 1 : 1;
    if (length >= RUN_DIGITS) return true;
  }
  return false;
}

function sharesRun(pin: string, phone: string): boolean {
  for (let at = 0; at + PHONE_DIGITS <= pin.length; at++) {
    if (phone.includes(pin.slice(at, at + PHONE_DIGITS))) return true;
  }
  return false;
}

/** Associated data of a user's sealed PIN hashes. */
export const pinPlace = (userId: UserId): string => `user/pin/${userId}`;
