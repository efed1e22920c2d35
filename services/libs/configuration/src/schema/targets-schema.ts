import { z } from "zod";
import { ENTRY_NAME } from "../values/value-rules.js";

export const MAX_TARGETS = 1000;

export const targetSchema = z.strictObject({
  name: z
    .string()
    .regex(ENTRY_NAME)
    .describe("Name that clients refer to; unique. 1 to 63 letters, digits, dots, hyphens and underscores."),
  type: z
    .enum(["local", "none"])
    .describe(
      "local: the users and passwords of this file. none: the client has checked the first factor and is trusted.",
    ),
});
