import { z } from "zod";
import { ruleText } from "./rule-text.js";

export const MAX_PATH_LENGTH = 4096;
const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

function checkEnvironmentName(name: string): string | undefined {
  return ENVIRONMENT_NAME.test(name)
    ? undefined
    : `must be the name of an environment variable (${ENVIRONMENT_NAME.source})`;
}

/**
 * A secret in the file: the text itself, or where it is kept. The text's own rule (length, base32, PHC) is checked once it
 * is resolved and not here, so that no message of the schema ever has a secret at hand.
 */
export const secretSchema = z.union([
  z.string(),
  z.strictObject({
    fromFile: z
      .string()
      .min(1)
      .max(MAX_PATH_LENGTH)
      .describe(
        "Path of a file that holds the secret, relative to the configuration file; at most 64 KiB of UTF-8, one trailing newline is dropped.",
      ),
  }),
  z.strictObject({
    fromEnv: ruleText(checkEnvironmentName).describe("Name of the environment variable that holds the secret."),
  }),
]);

export type SecretInput = z.output<typeof secretSchema>;
