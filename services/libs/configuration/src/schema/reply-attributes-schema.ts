import { z } from "zod";
import { checkGroupName } from "../values/group-names.js";
import { ruleText } from "./rule-text.js";
import { MAX_PATH_LENGTH } from "./secret-schema.js";

const MAX_RULES_PER_CLIENT = 500;
const MAX_GROUPS_PER_RULE = 256;
const MAX_DICTIONARIES = 64;
/** What of a reply's 4096 octets is left for rules, beside the target's attributes, Proxy-State and what we sign with. */
export const MAX_REPLY_ATTRIBUTES_BYTES = 3_500;
/** A few more would be no packet any more: see MAX_ATTRIBUTES of the codec. */
export const MAX_REPLY_ATTRIBUTES = 150;

const ruleSchema = z.strictObject({
  groups: z
    .array(ruleText(checkGroupName))
    .min(1)
    .max(MAX_GROUPS_PER_RULE)
    .optional()
    .describe(
      "The rule is for users who are in one of these groups, letter case aside. Without it, for everybody, users we do not know included.",
    ),
  // Which value a name takes is known by the dictionaries, see resolve-reply-attributes.ts.
  attributes: z
    .record(z.string(), z.unknown())
    .describe(
      "Names of attributes, each with its value or a list of values: texts, numbers, true or false, as the dictionary's type needs. Octets are a text, or 0x and hex digits. Values of hidden attributes (Tunnel-Password) are secrets. A tag stands after the name: Tunnel-Type:1.",
    ),
});

export const replyAttributesSchema = z
  .array(ruleSchema)
  .max(MAX_RULES_PER_CLIENT)
  .default([])
  .describe(
    `Attributes that an Access-Accept gets. All rules that match a user apply, in this order. All rules of a client together have at most ${MAX_REPLY_ATTRIBUTES_BYTES} octets and ${MAX_REPLY_ATTRIBUTES} attributes.`,
  );

export const dictionariesSchema = z
  .array(z.string().min(1).max(MAX_PATH_LENGTH))
  .max(MAX_DICTIONARIES)
  .default([])
  .describe(
    "Paths of dictionaries of vendors in FreeRADIUS' format, relative to this file. The attributes of the RFCs, of Microsoft and Cisco-AVPair are known without.",
  );
