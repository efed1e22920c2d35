import { fail, ok, type Result } from "@portcullis/kit";

/** Where a person is called or texted. */
export interface Phone {
  /** In international form (E.164): `+` and 7 to 15 digits. */
  readonly number: string;
  /** Digits that are dialled when the call is taken; empty where there are none. */
  readonly extension: string;
}

/** Far more than any number needs with its spaces; what is longer is refused before it is parsed. */
const MAX_PHONE_LENGTH = 64;
const PUNCTUATION = /[\s()-]/g;
/** ITU-T E.164: a country code, which never begins with 0, and at most 15 digits together. */
const PHONE = /^(?<number>\+[1-9]\d{6,14})(?:[xX](?<extension>\d{1,10}))?$/;

/**
 * Reads a phone number as people write it: `+49 (30) 901820-0`, `+1 425 555 0100 x890`. Spaces, hyphens and brackets are dropped.
 * @returns the number, or what is wrong, without quoting it: a number is personal
 */
export function parsePhone(text: string): Result<Phone, string> {
  if (text.length > MAX_PHONE_LENGTH) return fail(`must be at most ${MAX_PHONE_LENGTH} characters long`);
  // Left in, it would be dialled; it is said only within the country.
  if (/\(\s*0\s*\)/.test(text)) return fail("must not have a (0), which is not dialled from abroad");
  const bare = text.replace(PUNCTUATION, "");
  const { number, extension = "" } = PHONE.exec(bare)?.groups ?? {};
  if (number !== undefined) return ok({ number, extension });
  if (!bare.startsWith("+")) return fail("must be a number in international form: + and the country code first");
  return fail("must be + and 7 to 15 digits, the country code first, and maybe x and an extension of 1 to 10 digits");
}

/** The rule of a phone of a user. */
export function checkPhone(text: string): string | undefined {
  const parsed = parsePhone(text);
  return parsed.ok ? undefined : parsed.failure;
}

/** The rule of a number that calls and texts come from: nobody dials an extension to be a sender. */
export function checkSenderPhone(text: string): string | undefined {
  const parsed = parsePhone(text);
  if (!parsed.ok) return parsed.failure;
  return parsed.value.extension === "" ? undefined : "must not have an extension";
}

/** The phone of a text that its rule has passed. */
export function phoneOf(text: string): Phone {
  const parsed = parsePhone(text);
  if (!parsed.ok) throw new Error("bug: a phone number that the schema passed does not parse");
  return parsed.value;
}
