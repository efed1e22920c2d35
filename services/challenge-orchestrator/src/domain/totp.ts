import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";

export type TotpAlgorithm = "sha1" | "sha256" | "sha512";

/** How a token makes its codes, by time or by counter. */
export interface OathParameters {
  readonly secret: KeyObject;
  readonly algorithm: TotpAlgorithm;
  /** 6 to 8. */
  readonly digits: number;
}

/** Where to look for a typed code: both are looked at. */
export interface StepWindow {
  readonly firstStep: number;
  readonly lastStep: number;
}

const COUNTER_BYTES = 8;

/** The step that a time falls into. RFC 6238 section 4.2, T0 = 0. */
export function stepAt(timeMs: number, periodSeconds: number): number {
  return Math.floor(timeMs / 1_000 / periodSeconds);
}

/**
 * The code of one step, which is the value of the counter of a HOTP token. RFC 4226 section 5.3 with the hash of RFC 6238.
 *
 *     code = (four bytes of HMAC(secret, step as 8 bytes) at its last nibble, without the top bit) mod 10^digits
 */
export function codeOf(token: OathParameters, step: number): string {
  const counter = Buffer.alloc(COUNTER_BYTES);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(token.algorithm, token.secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  const truncated = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(truncated % 10 ** token.digits).padStart(token.digits, "0");
}

/**
 * Compares what was typed with the code of every step of the window, each in constant time and none left out, so that the
 * time tells neither how near a guess was nor which step it hit.
 * @param typed as `typedCode` gives it; of any length, also one that no code has
 * @returns the steps whose code it is, oldest first; nearly always one or none
 */
export function matchingSteps(token: OathParameters, typed: string, window: StepWindow): number[] {
  const given = Buffer.from(typed);
  const compared = Buffer.alloc(token.digits);
  given.copy(compared);
  const rightLength = given.length === token.digits;
  const steps: number[] = [];
  for (let step = Math.max(0, window.firstStep); step <= window.lastStep; step++) {
    const equal = timingSafeEqual(compared, Buffer.from(codeOf(token, step)));
    if (equal && rightLength) steps.push(step);
  }
  return steps;
}

/** What was typed without the spaces that people put into a code (`123 456`). Never read as a number: `0123` is not `123`. */
export function typedCode(text: string): string {
  return text.replace(/\s+/g, "");
}
