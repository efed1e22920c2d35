/** Where a user is called or texted. */
export interface Phones {
  /** In international form (E.164), with +; empty: she has a backup number only. */
  readonly number: string;
  /** Dialled when the call is taken; may be empty. */
  readonly extension: string;
  /** May be empty. */
  readonly backupNumber: string;
  /** May be empty. */
  readonly backupExtension: string;
}

/** Every run of digits that somebody who knows the phones knows. */
export function digitsOf({ number, extension, backupNumber, backupExtension }: Phones): readonly string[] {
  return [number, extension, backupNumber, backupExtension].filter((digits) => digits !== "");
}

const SHOWN_AT_START = 3;
const SHOWN_AT_END = 2;

/** Enough of a number for its owner to know it, and for nobody to call it: `+49*******49`. */
export function maskedNumber(number: string): string {
  const hidden = number.length - SHOWN_AT_START - SHOWN_AT_END;
  if (hidden <= 0) return "*".repeat(number.length);
  return `${number.slice(0, SHOWN_AT_START)}${"*".repeat(hidden)}${number.slice(-SHOWN_AT_END)}`;
}
