import { dirname, resolve } from "node:path";
import { fail, ok, type Result } from "@portcullis/kit";
import { clientEntry, userEntry } from "./build-configuration.js";
import { crossChecks } from "./checks/cross-checks.js";
import { shapeErrors } from "./checks/shape-errors.js";
import type { Configuration } from "./configuration.js";
import { type ConfigurationError, MAX_ERRORS } from "./configuration-error.js";
import { readSmallFile } from "./files.js";
import { type FileContent, fileSchema } from "./schema/file-schema.js";
import { type ResolvedSecrets, resolveSecrets } from "./secrets/resolve-secrets.js";
import { type Environment, SecretSource } from "./secrets/secret-source.js";
import { parseSource } from "./yaml/source-document.js";

const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * Reads and checks `portcullis.yaml`.
 * @param path of the file; shown in errors as it is given
 * @param options.env what `fromEnv` looks into
 * @returns the configuration, or everything that is wrong with the file, in the order of its lines. `usersFile` is not
 * read here: `checkUsers` and `readUsers` do.
 */
export async function loadConfiguration(
  path: string,
  options: { readonly env: Environment },
): Promise<Result<Configuration, ConfigurationError[]>> {
  const read = await readSmallFile(path, MAX_FILE_BYTES);
  if (!read.ok) return fail([{ file: path, path: "", message: `the file ${read.failure}` }]);
  const source = parseSource(path, read.value);
  if (source.content === undefined) return refusal(source.errors);
  const file = resolve(path);
  const shape = fileSchema.safeParse(source.content);
  const resolved = await resolveSecrets(source, new SecretSource(dirname(file), options.env));
  const errors = [
    ...source.errors,
    ...shapeErrors(source, shape.error?.issues ?? []),
    ...crossChecks(source),
    ...resolved.errors,
  ];
  if (errors.length > 0 || !shape.success) return refusal(errors);
  return ok(buildConfiguration(file, shape.data, resolved));
}

function refusal(errors: readonly ConfigurationError[]): Result<never, ConfigurationError[]> {
  const inOrder = errors.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  return fail(inOrder.slice(0, MAX_ERRORS));
}

function buildConfiguration(file: string, content: FileContent, resolved: ResolvedSecrets): Configuration {
  const { secrets, warnings } = resolved;
  return {
    file,
    radius: content.radius,
    clients: content.clients.map((client, at) => clientEntry(client, at, secrets)),
    targets: content.targets,
    users: content.users.map((user, at) => userEntry(user, at, secrets)),
    ...(content.usersFile === undefined ? {} : { usersFile: resolve(dirname(file), content.usersFile) }),
    warnings,
  };
}
