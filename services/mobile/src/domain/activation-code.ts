import type { Random } from "@portcullis/kit";

type Brand<Name extends string> = string & { readonly __brand: Name };

/** Ten characters of the alphabet below, without the hyphen that people see. */
export type ActivationCode = Brand<"ActivationCode">;

/** No character can be taken for another (0 and O, 1, I and L) and no word comes out of it (U). */
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
/** 49 bits: within the ten minutes that a code lasts and the limits on guessing, nobody finds one. */
const LENGTH = 10;
const HALF = LENGTH / 2;
/** Bytes from here on would make the first characters likelier than the others. */
const FAIR_BYTES = 256 - (256 % ALPHABET.length);
const DRAWN_AT_ONCE = 16;

/** Draws a code; every one is as likely as any other. */
export function makeActivationCode(random: Random): ActivationCode {
  let code = "";
  while (code.length < LENGTH) {
    for (const byte of random.bytes(DRAWN_AT_ONCE)) {
      if (byte < FAIR_BYTES && code.length < LENGTH) code += ALPHABET[byte % ALPHABET.length];
    }
  }
  return code as ActivationCode;
}

/**
 * Reads a code as people type it: in any letter case, with hyphens and blanks anywhere.
 * @returns undefined when no code looks like that
 */
export function readActivationCode(text: string): ActivationCode | undefined {
  const code = text.replaceAll(/[\s-]/g, "").toUpperCase();
  if (code.length !== LENGTH || !code.split("").every((character) => ALPHABET.includes(character))) return undefined;
  return code as ActivationCode;
}

/** A code as people see it: `XXXXX-XXXXX`. */
export function shownCode(code: ActivationCode): string {
  return `${code.slice(0, HALF)}-${code.slice(HALF)}`;
}
