import { createHash } from "node:crypto";
import { fail, ok, type Result } from "@portcullis/kit";
import type { Configuration } from "./configuration.js";
import type { ConfigurationError } from "./configuration-error.js";
import { fileTrouble, openRegularFile } from "./files.js";
import { Secret } from "./secrets/secret.js";

/**
 * SHA-256 in hexadecimal of all that a configuration says: defaults filled in, secrets resolved, `usersFile` byte by byte.
 * Comments and the order of keys within the YAML file do not count, a changed file of `fromFile` does.
 * It covers passwords, so that whoever has it can try guesses: keep it under a keyed digest only.
 * Take it before the users are read: a file that changes meanwhile then counts as changed the next time.
 */
export async function configurationDigest(configuration: Configuration): Promise<Result<string, ConfigurationError>> {
  const { radius, clients, targets, users, usersFile } = configuration;
  const hash = createHash("sha256").update(JSON.stringify({ radius, clients, targets, users }, revealed));
  if (usersFile === undefined) return ok(hash.digest("hex"));
  try {
    const handle = await openRegularFile(usersFile);
    for await (const chunk of handle.createReadStream()) hash.update(chunk as Uint8Array);
    return ok(hash.digest("hex"));
  } catch (error) {
    return fail({ file: usersFile, path: "", message: `the file ${fileTrouble(error)}` });
  }
}

/** JSON.stringify has asked the secret for its text (`[redacted]`) by the time it calls this; the holder still has it. */
function revealed(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const held = this[key];
  return held instanceof Secret ? held.reveal() : value;
}
