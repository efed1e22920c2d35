import { z } from "zod";
import { parseClientAddress } from "../values/client-address.js";
import { FAIL_MODES, METHODS, REMEMBER_SCOPES } from "../values/second-factor-words.js";
import { ruleText } from "./rule-text.js";

const MAX_TRUSTED_NETWORKS = 256;
const MAX_REMEMBER_RULES = 3;
const MAX_REMEMBER_SECONDS = 86_400;

/** A list in which nothing stands twice. */
export function distinct<Item extends z.ZodType>(item: Item, most: number) {
  return z
    .array(item)
    .max(most)
    .refine((items) => new Set(items).size === items.length, { message: "must not have the same entry twice" });
}

const networkSchema = ruleText((text) => {
  const parsed = parseClientAddress(text);
  return parsed.ok ? undefined : parsed.failure;
});

const rememberSchema = z.strictObject({
  scope: z
    .enum(REMEMBER_SCOPES)
    .describe(
      "What a later login must have in common with the remembered one, besides the user: nothing more, the method and the application, or the application and the address it comes from.",
    ),
  seconds: z.int().min(1).max(MAX_REMEMBER_SECONDS).describe("For how long, from that login on."),
});

/** What both clients and policies may say of second factors, each key without its default. */
export const SECOND_FACTOR_RULES = {
  mfa: z
    .literal([true, false, "enrolled"])
    .describe("Second factor on or off; enrolled: for those who have a factor, the others pass."),
  requireUserMatch: z
    .boolean()
    .describe("A user that is unknown or has no factor is rejected; when false, the first factor is enough."),
  methods: distinct(z.enum(METHODS), METHODS.length)
    .min(1)
    .describe(
      "The methods that may be used: oath (codes of tokens), sms, voice, app. manual lets an operator answer, for trying; needs allowManualAnswers.",
    ),
  failMode: z
    .enum(FAIL_MODES)
    .describe(
      "What happens when no method can reach the user. secure: the login is rejected. safe: it passes with its first factor, where that was proven.",
    ),
  fallback: z
    .boolean()
    .describe("Whether a code of a token may be typed when the user could not be reached by the method asked for."),
  trustedNetworks: distinct(networkSchema, MAX_TRUSTED_NETWORKS).describe(
    "Addresses and networks (CIDR) from which nobody is asked, by Calling-Station-Id.",
  ),
  remember: z
    .array(rememberSchema)
    .max(MAX_REMEMBER_RULES)
    .refine((rules) => new Set(rules.map(({ scope }) => scope)).size === rules.length, {
      message: "must not have the same scope twice",
    })
    .describe("After which logins later ones of the user pass without a factor, each rule by itself."),
  methodWords: z
    .boolean()
    .describe("Whether users may choose another method by a word at the prompt: push, sms, call, code."),
  appMatch: z
    .boolean()
    .describe(
      "Whether an approval in the app has to name a number that the client's prompt shows, or, where it shows none (RD Gateway), which of three applications is being connected to.",
    ),
} as const;
