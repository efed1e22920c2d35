import { z } from "zod";
import { checkMailSender } from "../values/mail-address.js";
import { checkHeaderName, checkHost, checkServiceUrl } from "../values/network-names.js";
import { checkSenderPhone } from "../values/phone.js";
import { type ProviderService, SERVICES } from "../values/second-factor-words.js";
import { templateRule } from "../values/text-template.js";
import { checkAccountName, checkEntryName, checkSenderName } from "../values/value-rules.js";
import { ruleText } from "./rule-text.js";
import { secretSchema } from "./secret-schema.js";

const MAX_HEADERS = 32;
const DEFAULT_TWILIO_URL = "https://api.twilio.com";

/** What each type can be used for, which is what it is used for where nothing is said. */
export const PROVIDER_SERVICES = {
  twilio: ["voice", "sms"],
  smpp: ["sms"],
  http: ["sms"],
  smtp: ["mail"],
  outbox: SERVICES,
} as const satisfies Record<string, readonly ProviderService[]>;

type ProviderType = keyof typeof PROVIDER_SERVICES;

function commonKeys<Type extends ProviderType>(type: Type) {
  const services: readonly [ProviderService, ...ProviderService[]] = PROVIDER_SERVICES[type];
  return {
    name: ruleText(checkEntryName).describe("Name in logs and in the log of deliveries; unique."),
    type: z.literal(type).describe(TYPE_MEANINGS[type]),
    does: z
      .array(z.enum(services))
      .min(1)
      .default([...services])
      .describe("What it is used for."),
  };
}

const TYPE_MEANINGS: Readonly<Record<ProviderType, string>> = {
  twilio: "Twilio, or a service with the same interface.",
  smpp: "A centre for texts that speaks SMPP 3.4.",
  http: "A service for texts with an HTTP interface of its own.",
  smtp: "A mail server.",
  outbox: "For trying: calls, texts and mails appear in the terminal and in `portcullis outbox`.",
};

function portSchema(port: number) {
  return z.int().min(1).max(65_535).default(port).describe("TCP port.");
}

const hostSchema = ruleText(checkHost).describe("Host name or address.");
const templateSchema = ruleText(templateRule(["to", "text", "id"], ["to", "text"]));

const twilioSchema = z.strictObject({
  ...commonKeys("twilio"),
  accountSid: ruleText(checkAccountName).describe("The account's SID."),
  authToken: secretSchema.describe("Its auth token; Twilio's calls to us are checked with it too."),
  from: ruleText(checkSenderPhone).describe("The number that calls and texts come from, as +14255550100."),
  apiUrl: ruleText(checkServiceUrl).default(DEFAULT_TWILIO_URL).describe("Where the interface is."),
});

const smppSchema = z.strictObject({
  ...commonKeys("smpp"),
  host: hostSchema,
  port: portSchema(2775),
  tls: z.boolean().default(false).describe("Whether the connection is TLS from its beginning."),
  systemId: ruleText(checkAccountName).describe("The account's system_id."),
  password: secretSchema.describe("Its password, at most 8 characters by the protocol; some centres take more."),
  from: ruleText(checkSenderName).describe(
    "What texts come from: a number in international form, or up to 11 letters and digits.",
  ),
});

const httpSchema = z.strictObject({
  ...commonKeys("http"),
  url: ruleText(checkServiceUrl).describe("Where a text is sent to."),
  method: z.enum(["POST", "PUT"]).default("POST").describe("The request's method."),
  headers: z
    .record(ruleText(checkHeaderName), secretSchema)
    .refine((headers) => Object.keys(headers).length <= MAX_HEADERS, { message: `must be at most ${MAX_HEADERS}` })
    .default({})
    .describe("The request's headers, each with its value, which may be a secret: Authorization, Content-Type."),
  body: templateSchema.describe(
    "The request's body, with {{to}} for the number, {{text}} for the text and maybe {{id}} for the delivery, each escaped as the Content-Type needs it (application/json where no header says another).",
  ),
  successStatus: z
    .int()
    .min(200)
    .max(299)
    .optional()
    .describe("The status that means that the text was taken; any from 200 to 299 where nothing is said."),
});

const smtpSchema = z
  .strictObject({
    ...commonKeys("smtp"),
    host: hostSchema,
    port: portSchema(587),
    security: z
      .enum(["none", "starttls", "tls"])
      .default("starttls")
      .describe("starttls: refused where the server has none. tls: from the beginning, mostly on port 465."),
    user: ruleText(checkAccountName).optional().describe("Name to sign in with. With password only."),
    password: secretSchema.optional().describe("Password to sign in with. With user only."),
    from: ruleText(checkMailSender).describe(
      "The sender: an address, or a name and an address: Portcullis <mfa@corp.example>.",
    ),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    message: "must have both user and password, or neither",
  });

const outboxSchema = z.strictObject(commonKeys("outbox"));

export const providerSchema = z.discriminatedUnion("type", [
  twilioSchema,
  smppSchema,
  httpSchema,
  smtpSchema,
  outboxSchema,
]);
