import { isAccessListName, loginNameOf } from "@portcullis/login";
import { base32LengthBytes, canonicalBase32 } from "./base32.js";
import { checkSenderPhone } from "./phone.js";

/**
 * The rules of single values, the same for the YAML file and for `users.csv`.
 * A rule says what is wrong with a text, or undefined. It never quotes the text, which may be a secret.
 */
export type Rule = (text: string) => string | undefined;

/** Names of clients and targets. */
export const ENTRY_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

const MAX_USER_NAME_BYTES = 253;
const MAX_SERIAL_LENGTH = 64;
const MAX_APPLICATION_LENGTH = 64;
export const MAX_TOKENS_PER_USER = 10;
/** User-Password carries no more. RFC 2865 section 5.2. */
const MAX_PASSWORD_BYTES = 128;
const MAX_SHARED_SECRET_BYTES = 128;
const MAX_ACCOUNT_NAME_LENGTH = 256;
const MAX_PROVIDER_SECRET_BYTES = 4_096;
/** A shorter one can be guessed offline from one captured packet. RFC 2865 section 3 asks for 16 octets. */
export const STRONG_SHARED_SECRET_BYTES = 16;
const MIN_TOKEN_SECRET_BYTES = 10;
const MAX_TOKEN_SECRET_BYTES = 64;

/** What services keep of a counter fits a JavaScript number exactly. */
export const MAX_TOKEN_COUNTER = 2 ** 48;

export const TOKEN_TYPES = ["totp", "hotp"] as const;
export const TOKEN_DIGITS = [6, 7, 8] as const;
export const TOKEN_PERIODS_SECONDS = [30, 60] as const;
export const TOKEN_ALGORITHMS = ["sha1", "sha256", "sha512"] as const;

export const DEFAULT_TOKEN = { type: "totp", digits: 6, period: 30, algorithm: "sha1" } as const;

export function checkEntryName(name: string): string | undefined {
  if (ENTRY_NAME.test(name)) return undefined;
  return "must be 1 to 63 letters, digits, dots, hyphens or underscores, and begin with a letter or digit";
}

export function checkUserName(name: string): string | undefined {
  return (
    checkLengthBytes(name, MAX_USER_NAME_BYTES) ??
    checkPlainLine(name) ??
    (loginNameOf(name) === "" ? "has nothing left without its domain and realm" : undefined) ??
    (isAccessListName(name) ? "begins as the names of access lists do, which are nobody's" : undefined)
  );
}

export function checkSerial(serial: string): string | undefined {
  return checkPlainLine(serial) ?? checkLength(serial, MAX_SERIAL_LENGTH);
}

export function checkApplication(application: string): string | undefined {
  return checkPlainLine(application) ?? checkLength(application, MAX_APPLICATION_LENGTH);
}

export function checkPassword(password: string): string | undefined {
  if (password.includes("\0")) return "must not contain a NUL character";
  return checkLengthBytes(password, MAX_PASSWORD_BYTES);
}

/** Which PINs are too easy is decided where they are kept, with the user's phones and earlier PINs at hand. */
export function checkPin(pin: string): string | undefined {
  return /^\d{4,16}$/.test(pin) ? undefined : "must be 4 to 16 digits";
}

/** What a provider knows us by. */
export function checkAccountName(name: string): string | undefined {
  return checkPlainLine(name) ?? checkLength(name, MAX_ACCOUNT_NAME_LENGTH);
}

/** A provider's password or token. */
export function checkProviderSecret(secret: string): string | undefined {
  if (/[\0\r\n]/.test(secret)) return "must be on one line";
  return checkLengthBytes(secret, MAX_PROVIDER_SECRET_BYTES);
}

/** What a text comes from, as its reader sees it: a number, or a name of at most 11 letters and digits (GSM 03.40 section 9.1.2.5). */
export function checkSenderName(name: string): string | undefined {
  if (/^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(name) || /^\d{3,8}$/.test(name)) return undefined;
  return checkSenderPhone(name) === undefined
    ? undefined
    : "must be a number in international form, a short number, or 1 to 11 letters and digits";
}

export function checkSharedSecret(secret: string): string | undefined {
  return checkLengthBytes(secret, MAX_SHARED_SECRET_BYTES);
}

export function checkTokenSecret(secret: string): string | undefined {
  const canonical = canonicalBase32(secret);
  if (canonical === undefined) return "must be base32: the letters A to Z and the digits 2 to 7";
  const lengthBytes = base32LengthBytes(canonical);
  if (lengthBytes >= MIN_TOKEN_SECRET_BYTES && lengthBytes <= MAX_TOKEN_SECRET_BYTES) return undefined;
  return `must decode to ${MIN_TOKEN_SECRET_BYTES} to ${MAX_TOKEN_SECRET_BYTES} bytes, it decodes to ${lengthBytes}`;
}

function checkLengthBytes(text: string, most: number): string | undefined {
  if (text === "") return "must not be empty";
  // No text has fewer bytes than UTF-16 units, so that a huge one is refused without being encoded.
  return text.length > most || Buffer.byteLength(text) > most ? `must be at most ${most} bytes long` : undefined;
}

function checkLength(text: string, most: number): string | undefined {
  return text.length > most ? `must be at most ${most} characters long` : undefined;
}

function checkPlainLine(text: string): string | undefined {
  if (text === "") return "must not be empty";
  if (/\p{Cc}/u.test(text)) return "must not contain control characters";
  return text.trim() === text ? undefined : "must not begin or end with a space";
}
