import { z } from "zod";
import { checkGroupName, MAX_GROUPS_PER_USER } from "../values/group-names.js";
import {
  checkSerial,
  checkUserName,
  DEFAULT_TOKEN,
  MAX_TOKENS_PER_USER,
  TOKEN_ALGORITHMS,
  TOKEN_DIGITS,
  TOKEN_PERIODS_SECONDS,
  TOKEN_TYPES,
} from "../values/value-rules.js";
import { ruleText } from "./rule-text.js";
import { secretSchema } from "./secret-schema.js";

/** More belong into `usersFile`, which is streamed. */
export const MAX_USERS = 10_000;
/** What is remembered of each user while the file is read (name and serial) bounds it. */
export const MAX_USERS_FILE_ROWS = 1_000_000;

const tokenSchema = z.strictObject({
  serial: ruleText(checkSerial).describe("Serial number of the token; unique over all users. 1 to 64 characters."),
  type: z.enum(TOKEN_TYPES).default(DEFAULT_TOKEN.type).describe("totp: time-based codes, RFC 6238."),
  secret: secretSchema.describe(
    "Seed in base32, 10 to 64 bytes decoded; letter case, spaces and padding do not matter.",
  ),
  digits: z.literal(TOKEN_DIGITS).default(DEFAULT_TOKEN.digits).describe("Digits of a code."),
  period: z.literal(TOKEN_PERIODS_SECONDS).default(DEFAULT_TOKEN.period).describe("Seconds that a code lasts."),
  algorithm: z.enum(TOKEN_ALGORITHMS).default(DEFAULT_TOKEN.algorithm).describe("Hash of the codes."),
});

export const userSchema = z.strictObject({
  name: ruleText(checkUserName).describe(
    "Name of the user, 1 to 253 bytes, no control characters. Users sign in with its lower-cased local part, which is unique: CORP\\Alice and alice@corp.example are one user, alice.",
  ),
  password: secretSchema.optional().describe("Password, 1 to 128 bytes. Either this or passwordHash, or neither."),
  passwordHash: secretSchema.optional().describe("argon2id hash in PHC form, at most m=1048576 (KiB), t=10, p=16."),
  enabled: z.boolean().default(true).describe("When false, every login of the user is rejected."),
  groups: z
    .array(ruleText(checkGroupName))
    .max(MAX_GROUPS_PER_USER)
    .default([])
    .describe("Groups that the user is in, for replyAttributes of clients. Letter case does not matter."),
  tokens: z.array(tokenSchema).max(MAX_TOKENS_PER_USER).default([]).describe("The user's OATH tokens."),
});
