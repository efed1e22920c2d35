import { z } from "zod";
import { checkGroupName, MAX_GROUPS_PER_USER } from "../values/group-names.js";
import { checkMailAddress } from "../values/mail-address.js";
import { checkPhone } from "../values/phone.js";
import { LANGUAGES, PIN_MODES, SMS_MODES, USER_METHODS } from "../values/second-factor-words.js";
import {
  checkSerial,
  checkUserName,
  DEFAULT_TOKEN,
  MAX_TOKEN_COUNTER,
  MAX_TOKENS_PER_USER,
  TOKEN_ALGORITHMS,
  TOKEN_DIGITS,
  TOKEN_PERIODS_SECONDS,
  TOKEN_TYPES,
} from "../values/value-rules.js";
import { ruleText } from "./rule-text.js";
import { distinct } from "./second-factor-rules-schema.js";
import { secretSchema } from "./secret-schema.js";

/** More belong into `usersFile`, which is streamed. */
export const MAX_USERS = 10_000;
/** What is remembered of each user while the file is read (name and serial) bounds it. */
export const MAX_USERS_FILE_ROWS = 1_000_000;

const tokenSchema = z.strictObject({
  serial: ruleText(checkSerial).describe("Serial number of the token; unique over all users. 1 to 64 characters."),
  type: z
    .enum(TOKEN_TYPES)
    .default(DEFAULT_TOKEN.type)
    .describe("totp: time-based codes, RFC 6238. hotp: counted codes, RFC 4226."),
  secret: secretSchema.describe(
    "Seed in base32, 10 to 64 bytes decoded; letter case, spaces and padding do not matter.",
  ),
  digits: z.literal(TOKEN_DIGITS).default(DEFAULT_TOKEN.digits).describe("Digits of a code."),
  period: z.literal(TOKEN_PERIODS_SECONDS).default(DEFAULT_TOKEN.period).describe("totp: seconds that a code lasts."),
  counter: z
    .int()
    .min(0)
    .max(MAX_TOKEN_COUNTER)
    .optional()
    .describe("hotp, default 0: the counter of the next code, when the token is taken over."),
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
    .describe(
      "Groups that the user is in, for policies and for replyAttributes of clients. Letter case does not matter.",
    ),
  phone: ruleText(checkPhone)
    .optional()
    .describe(
      'Phone for calls and texts, in international form and in quotes: "+49 30 901820"; spaces, hyphens and brackets do not matter. x890 behind it is an extension, dialled when the call is taken.',
    ),
  backupPhone: ruleText(checkPhone).optional().describe("Called when the phone is busy or nobody answers; as phone."),
  language: z.enum(LANGUAGES).default("en").describe("Language of calls, texts, mails and prompts."),
  mail: ruleText(checkMailAddress).optional().describe("Mail address."),
  methods: distinct(z.enum(USER_METHODS), USER_METHODS.length)
    .min(1)
    .optional()
    .describe("The methods that she may use; where nothing is said, all that she has the means for."),
  defaultMethod: z
    .enum(USER_METHODS)
    .optional()
    .describe("The method that she is asked with first, where the client allows it. One of her methods."),
  smsMode: z
    .enum(SMS_MODES)
    .default("one-way")
    .describe(
      "one-way: the text has a code to type at the prompt. two-way: she answers the text with it. -pin: with her PIN before the code.",
    ),
  voiceMode: z.enum(PIN_MODES).default("standard").describe("What she presses in a call: # alone, or her PIN and #."),
  appMode: z.enum(PIN_MODES).default("standard").describe("Whether the app asks for her PIN to approve."),
  pin: secretSchema.optional().describe("PIN, 4 to 16 digits, in quotes. Either this or pinHash, or neither."),
  pinHash: secretSchema.optional().describe("argon2id hash of the PIN, as passwordHash."),
  tokens: z.array(tokenSchema).max(MAX_TOKENS_PER_USER).default([]).describe("The user's OATH tokens."),
});
