import { z } from "zod";
import { checkEntryName } from "../values/value-rules.js";
import { ruleText } from "./rule-text.js";

export const MAX_TARGETS = 1000;

export const targetSchema = z.strictObject({
  name: ruleText(checkEntryName).describe(
    "Name that clients refer to; unique. 1 to 63 letters, digits, dots, hyphens and underscores.",
  ),
  type: z
    .enum(["local", "none"])
    .describe(
      "local: the users and passwords of this file. none: the client has checked the first factor and is trusted.",
    ),
});
