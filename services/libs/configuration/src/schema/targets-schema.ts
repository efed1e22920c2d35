import { isIP } from "node:net";
import { z } from "zod";
import { checkEntryName } from "../values/value-rules.js";
import { ruleText } from "./rule-text.js";
import { secretSchema } from "./secret-schema.js";

export const MAX_TARGETS = 1000;

export const DEFAULT_RESPONSE_WINDOW_SECONDS = 20;

const MAX_SERVERS = 16;
const DEFAULT_TARGET_PORT = 1812;
const DEFAULT_TARGET_ACCOUNTING_PORT = 1813;

const serverSchema = z.strictObject({
  address: ruleText((text) => (isIP(text) === 0 ? "must be an IPv4 or IPv6 address" : undefined)).describe(
    "IPv4 or IPv6 address of the server.",
  ),
  port: z.int().min(1).max(65_535).default(DEFAULT_TARGET_PORT).describe("UDP port of authentication."),
  accountingPort: z
    .int()
    .min(1)
    .max(65_535)
    .default(DEFAULT_TARGET_ACCOUNTING_PORT)
    .describe("UDP port of accounting, for clients with accounting: forward."),
  secret: secretSchema.describe("Secret that we share with the server, 1 to 128 bytes, 16 or more advised."),
  requireMessageAuthenticator: z
    .enum(["yes", "no", "auto"])
    .default("auto")
    .describe(
      "Whether its replies need a Message-Authenticator. auto: from the first one on that has one; until then whoever sits between us and the server can forge replies.",
    ),
});

export const targetSchema = z.strictObject({
  name: ruleText(checkEntryName).describe(
    "Name that clients refer to; unique. 1 to 63 letters, digits, dots, hyphens and underscores.",
  ),
  type: z
    .enum(["local", "none", "radius"])
    .describe(
      "local: the users and passwords of this file. none: the client has checked the first factor and is trusted. radius: the servers below.",
    ),
  servers: z
    .array(serverSchema)
    .min(1)
    .max(MAX_SERVERS)
    .optional()
    .describe("RADIUS servers, asked in this order: the next one when the one before does not answer."),
  responseWindowSeconds: z
    .int()
    .min(1)
    .max(120)
    .optional()
    .describe(
      `For radius, default ${DEFAULT_RESPONSE_WINDOW_SECONDS}. Seconds that one server may take before the next one is asked. Short: a client that gives up soon still gets the next server's answer. Long, up to the client's timeLimitSeconds: a server that asks a person itself is not taken for dead.`,
    ),
  returnsInnerIdentity: z
    .boolean()
    .optional()
    .describe(
      "For radius, default false. true: User-Name in its Access-Accept is whom it has proven inside of an EAP tunnel (PEAP, TTLS, ...), never a repetition of the outer name, which anybody can choose. false: after a tunnel a name that equals the outer one counts as unproven; any other is taken.",
    ),
});
