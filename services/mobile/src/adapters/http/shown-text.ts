import { z } from "zod";

/** Characters that control a terminal, break lines or turn the direction of what stands beside them. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** A text that people are shown, on one line. */
export function shownText(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .refine((text) => !UNFIT.test(text), "must be plain text on one line");
}
