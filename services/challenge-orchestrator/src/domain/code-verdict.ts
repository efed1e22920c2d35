import type { AnswerId } from "@portcullis/login";

/** What is remembered of a token so that no code is used twice. */
export interface TokenUse {
  /** The step of the last code that was used; -1 for none. */
  readonly lastStep: number;
  /** The answer that used it; empty for none. */
  readonly lastAnswerId: string;
}

export type CodeFailure = "FAILED_OATH_CODE_INCORRECT" | "FAILED_OATH_CODE_DUPLICATE" | "FAILED_OATH_CODE_OLD";

export type CodeVerdict =
  /** This very answer used the token before; the end of that check was lost. */
  | { readonly kind: "used-by-this-answer" }
  /** Right, once the step is taken by compare-and-set. */
  | { readonly kind: "unused"; readonly step: number }
  | { readonly kind: "failed"; readonly failure: CodeFailure };

/**
 * Judges the steps that a code matched by what the token was used for before. The same answer passes again whatever the
 * time is: when it was checked first its code was in the window.
 */
export function judgeCode(matches: readonly number[], use: TokenUse, answerId: AnswerId): CodeVerdict {
  if (use.lastAnswerId === answerId) return { kind: "used-by-this-answer" };
  const unused = matches.find((step) => step > use.lastStep);
  if (unused !== undefined) return { kind: "unused", step: unused };
  if (matches.includes(use.lastStep)) return { kind: "failed", failure: "FAILED_OATH_CODE_DUPLICATE" };
  return { kind: "failed", failure: matches.length > 0 ? "FAILED_OATH_CODE_OLD" : "FAILED_OATH_CODE_INCORRECT" };
}

const TELLING: readonly CodeFailure[] = ["FAILED_OATH_CODE_DUPLICATE", "FAILED_OATH_CODE_OLD"];

/** The failure that tells the operator most, of those of all the user's tokens. */
export function tellingFailure(failures: readonly CodeFailure[]): CodeFailure {
  return TELLING.find((failure) => failures.includes(failure)) ?? "FAILED_OATH_CODE_INCORRECT";
}
