import { z } from "zod";
import { clientSchema, MAX_CLIENTS } from "./clients-schema.js";
import { fraudSchema } from "./fraud-schema.js";
import { httpSchema } from "./http-schema.js";
import { mobileSchema } from "./mobile-schema.js";
import { notificationsSchema } from "./notifications-schema.js";
import { MAX_POLICIES, policySchema } from "./policies-schema.js";
import { radiusSchema } from "./radius-schema.js";
import { dictionariesSchema } from "./reply-attributes-schema.js";
import { MAX_PATH_LENGTH } from "./secret-schema.js";
import { MAX_TARGETS, targetSchema } from "./targets-schema.js";
import { MAX_USERS, MAX_USERS_FILE_ROWS, userSchema } from "./users-schema.js";

/**
 * The shape of `portcullis.yaml`; its keys are stable. What one key cannot know (references, uniqueness, either this or
 * that, the values of secrets) is in `cross-checks.ts` and `secret-places.ts`.
 */
export const fileSchema = z.strictObject({
  radius: radiusSchema.prefault({}).describe("The RADIUS front end."),
  clients: z.array(clientSchema).max(MAX_CLIENTS).default([]).describe("RADIUS clients."),
  targets: z.array(targetSchema).max(MAX_TARGETS).default([]).describe("Where first factors are checked."),
  dictionaries: dictionariesSchema,
  policies: z
    .array(policySchema)
    .max(MAX_POLICIES)
    .default([])
    .describe(
      "Second factors for some users or clients, in the order in which they are asked: for each setting the first policy that is for the client and the user and has it decides, else the client's own.",
    ),
  notifications: notificationsSchema.optional().describe("Calls, texts, mails and pushes."),
  mobile: mobileSchema.optional().describe("The authenticator app. Without it, nobody can activate one."),
  fraud: fraudSchema.optional().describe("What follows when somebody says that a login was not hers."),
  http: httpSchema
    .optional()
    .describe(
      "Embedded: where devices and providers reach us. Without it, they cannot; distributed, it has no meaning.",
    ),
  allowManualAnswers: z
    .boolean()
    .default(false)
    .describe("Allows methods: [manual], whose logins an operator answers. For trying only."),
  users: z.array(userSchema).max(MAX_USERS).default([]).describe("Users; more of them in usersFile."),
  usersFile: z
    .string()
    .min(1)
    .max(MAX_PATH_LENGTH)
    .optional()
    .describe(`Path of a CSV file with more users, relative to this file; at most ${MAX_USERS_FILE_ROWS} of them.`),
});

export type FileContent = z.output<typeof fileSchema>;

/** The schema of the file as JSON Schema (draft 2020-12), for the reference pages and for editors. */
export function configurationJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(fileSchema, { io: "input" }) };
}
