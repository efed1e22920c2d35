import { z } from "zod";
import { checkCertificate } from "../values/certificate-rule.js";
import { parseClientAddress } from "../values/client-address.js";
import { USER_METHODS } from "../values/second-factor-words.js";
import { checkApplication, checkEntryName } from "../values/value-rules.js";
import { appendedCodeSchema } from "./appended-code-schema.js";
import { replyAttributesSchema } from "./reply-attributes-schema.js";
import { ruleText } from "./rule-text.js";
import { SECOND_FACTOR_RULES } from "./second-factor-rules-schema.js";
import { secretSchema } from "./secret-schema.js";

export const MAX_CLIENTS = 10_000;
const MAX_ADDRESSES_PER_CLIENT = 256;
const MAX_SECRETS_PER_CLIENT = 2;
const MAX_CERTIFICATES_PER_CLIENT = 64;

const addressSchema = ruleText((text) => {
  const parsed = parseClientAddress(text);
  return parsed.ok ? undefined : parsed.failure;
});

function switchSchema(meaning: string) {
  return z.boolean().default(true).describe(meaning);
}

function numberSchema(meaning: string, [least, most]: readonly [number, number], byDefault: number) {
  return z.int().min(least).max(most).default(byDefault).describe(meaning);
}

const clientTlsSchema = z.strictObject({
  certificates: z
    .array(ruleText(checkCertificate))
    .min(1)
    .max(MAX_CERTIFICATES_PER_CLIENT)
    .describe(
      'The certificates that are this client, each by a name in it (SAN): a DNS name, vpn.corp.example, or an IP address; or by "serial:4F2A issuer:CN=Our CA,O=Corp". No two clients have the same one.',
    ),
});

export const clientSchema = z.strictObject({
  name: ruleText(checkEntryName).describe(
    "Name of the RADIUS client; unique. 1 to 63 letters, digits, dots, hyphens and underscores.",
  ),
  address: addressSchema
    .optional()
    .describe(
      "Address or network (CIDR, no host bits), IPv4 or IPv6. Either this or addresses; with tls, maybe none. The longest prefix wins.",
    ),
  addresses: z
    .array(addressSchema)
    .min(1)
    .max(MAX_ADDRESSES_PER_CLIENT)
    .optional()
    .describe("Several addresses or networks. Either this or address. No two clients have the very same one."),
  secret: secretSchema
    .optional()
    .describe(
      "Shared secret, 1 to 128 bytes, 16 or more advised. Either this or secrets; with tls, maybe none: then nothing is taken over UDP.",
    ),
  secrets: z
    .array(secretSchema)
    .min(1)
    .max(MAX_SECRETS_PER_CLIENT)
    .optional()
    .describe("One shared secret, or the new and the old one during rotation. Either this or secret."),
  tls: clientTlsSchema
    .optional()
    .describe(
      "How the client is known over RADIUS/TLS (RadSec). A client with tls needs no secret, and no address; where it has addresses, its connections come from these only.",
    ),
  application: ruleText(checkApplication)
    .optional()
    .describe("Name shown to users and in reports, 1 to 64 characters. Default: the client's name."),
  target: ruleText(checkEntryName).describe("Name of the target that checks the first factor."),
  replyAttributes: replyAttributesSchema,
  mfa: SECOND_FACTOR_RULES.mfa.default(true),
  requireUserMatch: SECOND_FACTOR_RULES.requireUserMatch.default(true),
  methods: SECOND_FACTOR_RULES.methods.default([...USER_METHODS]),
  failMode: SECOND_FACTOR_RULES.failMode.default("secure"),
  fallback: SECOND_FACTOR_RULES.fallback.default(false),
  trustedNetworks: SECOND_FACTOR_RULES.trustedNetworks.default([]),
  remember: SECOND_FACTOR_RULES.remember.default([]),
  reconnectWindowSeconds: z
    .int()
    .min(0)
    .max(60)
    .optional()
    .describe(
      "Seconds after a login in which the same one again, by a redirection or another front end, passes without being asked once more. Where nothing is said: 10 for requests without a credential (RD Gateway), 0 for others.",
    ),
  methodWords: SECOND_FACTOR_RULES.methodWords.default(true),
  appMatch: SECOND_FACTOR_RULES.appMatch.default(false),
  requireMessageAuthenticator: switchSchema("An Access-Request without Message-Authenticator is discarded."),
  limitProxyState: switchSchema(
    "An Access-Request with Proxy-State and without Message-Authenticator is discarded, whatever requireMessageAuthenticator says.",
  ),
  prompting: z
    .enum(["auto", "always", "never"])
    .default("auto")
    .describe(
      "Whether the client shows a prompt and sends its answer. auto: where the request has a password; RD Gateway sends none and ignores prompts.",
    ),
  appendedCode: appendedCodeSchema
    .optional()
    .describe(
      "Users may type a code behind their password (PAP only): it is checked at once, without a prompt. Without a code the prompt follows, where the client can show one.",
    ),
  openvpnStaticChallenge: z
    .boolean()
    .default(false)
    .describe(
      "A password that OpenVPN's static challenge wrote (SCRV1:password:code, both in base64) is taken apart; a code in it is checked as an appended one.",
    ),
  downloadableAcls: z
    .boolean()
    .default(false)
    .describe(
      "A Cisco ASA may fetch access lists (#ACSACL# names with aaa:event=acl-download) from the target, of type radius, without a second factor. Where false, such requests are rejected.",
    ),
  passwordCharset: z
    .enum(["utf-8", "latin1", "windows-1252"])
    .default("utf-8")
    .describe(
      "What the client writes passwords in. Those that are UTF-8 stay as they are; others are read as this before a local target checks them.",
    ),
  joinWithoutStation: z
    .boolean()
    .default(false)
    .describe(
      "A repeated login joins the one that waits although neither says which station it is from (no Calling-Station-Id, no machine name).",
    ),
  accounting: z
    .enum(["off", "record", "forward"])
    .default("record")
    .describe(
      "What becomes of its Accounting-Requests, over an acctPort or TLS. record: we keep the sessions. forward: the target gets them, which must be of type radius. off: they get no answer.",
    ),
  timeLimitSeconds: numberSchema(
    "Seconds from the first packet until the login is given up; a prompt waits challengeTimeLimitSeconds.",
    [1, 180],
    30,
  ),
  whenTargetUnavailable: z
    .enum(["silent", "reject"])
    .default("silent")
    .describe(
      "What the client is told when no server of its target answers. silent: nothing, so that it asks its next gateway. reject: an Access-Reject at timeLimitSeconds, for a client that has no other gateway; set that shorter than its own patience.",
    ),
  challengeTimeLimitSeconds: numberSchema("Seconds that a prompt waits for its answer.", [10, 600], 120),
  rejectDelayMs: numberSchema("Milliseconds that an Access-Reject is held back.", [0, 10_000], 1000),
  maxExchanges: numberSchema(
    "Most exchanges waiting or remembered at a time, over all gateways.",
    [1, 1_000_000],
    200_000,
  ),
  maxRequestsPerSecond: numberSchema(
    "Most requests a second that one gateway takes from the client, retransmissions counted; twice as many at once after a pause.",
    [1, 1_000_000],
    2_000,
  ),
});
