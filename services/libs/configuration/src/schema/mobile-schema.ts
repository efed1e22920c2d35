import { z } from "zod";
import { checkPublicUrl } from "../values/network-names.js";
import { checkApplication } from "../values/value-rules.js";
import { ruleText } from "./rule-text.js";

export const mobileSchema = z.strictObject({
  publicUrl: ruleText(checkPublicUrl).describe("The https URL under which devices reach us, at /device/ below it."),
  issuer: ruleText(checkApplication)
    .default("Portcullis")
    .describe("Who asks, as the app shows it: the company's name. 1 to 64 characters."),
  activationMinutes: z.int().min(1).max(60).default(10).describe("Minutes that an activation code is good for, once."),
  maxDevices: z.int().min(1).max(10).default(10).describe("Most devices of one user."),
});
