import { z } from "zod";
import { TOKEN_DIGITS } from "../values/value-rules.js";
import { ruleText } from "./rule-text.js";

/** Never a letter or digit: what separates must neither be a part of a code nor of many passwords. */
const SEPARATOR = /^[!-/:-@[-`{-~]{1,8}$/;

/** How users append a code to their password: a separator in between, or nothing and a code of so many digits. */
export const appendedCodeSchema = z
  .strictObject({
    separator: ruleText((text) => (SEPARATOR.test(text) ? undefined : "must be 1 to 8 ASCII punctuation characters"))
      .optional()
      .describe(
        "What stands between password and code, 1 to 8 ASCII punctuation characters. Only 6 to 8 digits behind the last one are a code. Either this or digits.",
      ),
    digits: z
      .literal(TOKEN_DIGITS)
      .optional()
      .describe(
        "As many digits at the end are always taken for a code: a password that ends in digits itself needs a code behind it. Either this or separator.",
      ),
  })
  .refine(({ separator, digits }) => (separator === undefined) !== (digits === undefined), {
    message: "must have either separator or digits",
  });
