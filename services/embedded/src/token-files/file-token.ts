/** A token as a file has it; its values are checked by the product. */
export interface FileToken {
  readonly serial: string;
  /** Undefined: the file does not say whose it is. */
  readonly userName: string | undefined;
  readonly type: "totp" | "hotp";
  /** Base32. */
  readonly secret: string;
  readonly digits: number;
  readonly periodSeconds: number;
  readonly algorithm: "sha1" | "sha256" | "sha512";
  /** hotp: of the next code. */
  readonly counter: number;
}

/** One token of a file, or why it is none. */
export type FileEntry =
  | { readonly place: string; readonly token: FileToken }
  /** The reason never holds a secret. */
  | { readonly place: string; readonly serial: string; readonly reason: string };

/** Nothing of the file can be read. Never quotes it. */
export class TokenFileTrouble extends Error {}

/** More would not be held in memory at once. */
export const MAX_TOKENS_OF_FILE = 100_000;
/** Of one value, so that a batch of them is never too long to be sent. */
export const MAX_VALUE_LENGTH = 1_024;

const ALGORITHMS = { sha1: "sha1", sha256: "sha256", sha512: "sha512" } as const;

/** `SHA-256`, `HMACSHA256`, `hmac-sha256`; undefined for another hash. */
export function algorithmNamed(text: string): FileToken["algorithm"] | undefined {
  const bare = text
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .replace(/^hmac/, "");
  return Object.hasOwn(ALGORITHMS, bare) ? ALGORITHMS[bare as keyof typeof ALGORITHMS] : undefined;
}

/** A number written with digits only; undefined for anything else. */
export function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
