import { z } from "zod";
import { checkGroupName } from "../values/group-names.js";
import { checkEntryName } from "../values/value-rules.js";
import { ruleText } from "./rule-text.js";
import { distinct, SECOND_FACTOR_RULES } from "./second-factor-rules-schema.js";

/** Each client's record carries those that apply to it. */
export const MAX_POLICIES = 200;
const MAX_CLIENTS_PER_POLICY = 1_000;
const MAX_GROUPS_PER_POLICY = 256;

/** What each client's own settings are called where policies are listed. */
const CLIENTS_OWN_RULE = "client";

const { mfa, requireUserMatch, methods, failMode, fallback, trustedNetworks, remember, methodWords, appMatch } =
  SECOND_FACTOR_RULES;

export const policySchema = z.strictObject({
  name: ruleText((name) =>
    name === CLIENTS_OWN_RULE ? "is what the client's own settings are called" : checkEntryName(name),
  ).describe("Name of the policy; unique. 1 to 63 letters, digits, dots, hyphens and underscores."),
  clients: distinct(z.string(), MAX_CLIENTS_PER_POLICY)
    .min(1)
    .optional()
    .describe("Names of the clients it is for; without it, for all."),
  groups: distinct(ruleText(checkGroupName), MAX_GROUPS_PER_POLICY)
    .min(1)
    .optional()
    .describe("The policy is for users in one of these groups, letter case aside; without it, for everybody."),
  mfa: mfa.optional(),
  requireUserMatch: requireUserMatch.optional(),
  methods: methods.optional(),
  failMode: failMode.optional(),
  fallback: fallback.optional(),
  trustedNetworks: trustedNetworks.optional(),
  remember: remember.optional(),
  methodWords: methodWords.optional(),
  appMatch: appMatch.optional(),
});
