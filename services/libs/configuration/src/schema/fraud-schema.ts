import { z } from "zod";
import { checkMailAddress } from "../values/mail-address.js";
import { LANGUAGES } from "../values/second-factor-words.js";
import { ruleText } from "./rule-text.js";
import { distinct } from "./second-factor-rules-schema.js";

const MAX_MAIL_ADDRESSES = 20;
const MAX_BLOCK_DAYS = 3_650;

export const fraudSchema = z.strictObject({
  code: ruleText((text) => (/^\d{0,4}$/.test(text) ? undefined : "must be 1 to 4 digits, or empty for none"))
    .default("0")
    .describe(
      "What users dial during our call, or text, to report fraud: 1 to 4 digits, in quotes. Empty: they cannot by call and text.",
    ),
  block: z.boolean().default(true).describe("Whether a report blocks the user."),
  blockDays: z
    .int()
    .min(0)
    .max(MAX_BLOCK_DAYS)
    .default(90)
    .describe("Days after which such a block ends by itself; 0: never, only somebody can end it."),
  mail: distinct(ruleText(checkMailAddress), MAX_MAIL_ADDRESSES)
    .default([])
    .describe("Addresses that are told of each report. Needs a provider that mails."),
  language: z.enum(LANGUAGES).default("en").describe("Language of these mails."),
});
