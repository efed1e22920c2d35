import { createHash } from "node:crypto";
import { fail, ok, type Result } from "@portcullis/kit";
import type { Configuration } from "./configuration.js";
import type { ConfigurationError } from "./configuration-error.js";
import { fileTrouble, openRegularFile } from "./files.js";
import { Secret } from "./secrets/secret.js";

/**
 * SHA-256 in hexadecimal of all that a configuration says of users: defaults filled in, secrets resolved, `usersFile` byte by
 * byte. Comments, the order of keys within the YAML file and other sections do not count: a changed client must not have
 * every password hashed again. A changed file of `fromFile` counts.
 * It covers passwords, so that whoever has it can try guesses: keep it under a keyed digest only.
 * Take it before the users are read: a file that changes meanwhile then counts as changed the next time.
 */
export async function usersDigest(configuration: Configuration): Promise<Result<string, ConfigurationError>> {
  const { users, usersFile } = configuration;
  const hash = createHash("sha256").update(revealingJson(users));
  if (usersFile === undefined) return ok(hash.digest("hex"));
  try {
    const handle = await openRegularFile(usersFile);
    for await (const chunk of handle.createReadStream()) hash.update(chunk as Uint8Array);
    return ok(hash.digest("hex"));
  } catch (error) {
    return fail({ file: usersFile, path: "", message: `the file ${fileTrouble(error)}` });
  }
}

/** JSON with every secret in clear: for keyed digests, which tell whether something changed, and for what is sealed as a whole. */
export function revealingJson(value: unknown): string {
  return JSON.stringify(value, revealed);
}

/** JSON.stringify has asked the secret for its text (`[redacted]`) by the time it calls this; the holder still has it. */
function revealed(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const held = this[key];
  return held instanceof Secret ? held.reveal() : value;
}
