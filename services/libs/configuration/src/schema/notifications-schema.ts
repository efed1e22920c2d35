import { z } from "zod";
import { checkContactUrl, checkPublicUrl } from "../values/network-names.js";
import { LANGUAGES } from "../values/second-factor-words.js";
import { checkVapidPublicKey } from "../values/vapid-keys.js";
import { providerSchema } from "./providers-schema.js";
import { ruleText } from "./rule-text.js";
import { secretSchema } from "./secret-schema.js";

const MAX_PROVIDERS = 16;
const MAX_TEXTS_PER_LANGUAGE = 200;
const MAX_TEXT_LENGTH = 1_600;
const TEXT_KEY = /^[a-z][A-Za-z0-9._-]{0,63}$/;

const webPushSchema = z.strictObject({
  publicKey: ruleText(checkVapidPublicKey).describe(
    "Public key of the pair (VAPID), in base64url, as browsers take it.",
  ),
  privateKey: secretSchema.describe("Private key of the pair, in base64url."),
  subject: ruleText(checkContactUrl).describe(
    "Whom a push service writes to about our pushes: mailto: and an address, or an https URL.",
  ),
});

const textsSchema = z
  .record(
    ruleText((key) => (TEXT_KEY.test(key) ? undefined : "is not the name of a text")),
    z.string().min(1).max(MAX_TEXT_LENGTH),
  )
  .refine((texts) => Object.keys(texts).length <= MAX_TEXTS_PER_LANGUAGE, {
    message: `must have at most ${MAX_TEXTS_PER_LANGUAGE} texts`,
  });

export const notificationsSchema = z.strictObject({
  publicUrl: ruleText(checkPublicUrl)
    .optional()
    .describe(
      "The https URL under which providers reach us: key presses, answers by text and reports of delivery come to /webhooks/ below it. twilio needs it.",
    ),
  providers: z
    .array(providerSchema)
    .max(MAX_PROVIDERS)
    .default([])
    .describe("Who calls, texts and mails for us, in the order in which they are tried: the next one when one fails."),
  webPush: webPushSchema.optional().describe("The key pair that pushes to browsers are signed with (Web Push, VAPID)."),
  texts: z
    .partialRecord(z.enum(LANGUAGES), textsSchema)
    .default({})
    .describe(
      `Texts instead of the built-in ones, by language (${LANGUAGES.join(", ")}) and name: \`de: { sms: "Ihr Code: {{code}}" }\`.`,
    ),
});
