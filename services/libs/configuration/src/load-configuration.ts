import { dirname, resolve } from "node:path";
import { fail, ok, type Result } from "@portcullis/kit";
import { clientEntry, listenEntry, targetEntry } from "./build-configuration.js";
import { policyEntry, sectionsOf } from "./build-sections.js";
import { userEntry } from "./build-user.js";
import { crossChecks } from "./checks/cross-checks.js";
import { crossWarnings } from "./checks/cross-warnings.js";
import { vapidPair } from "./checks/section-checks.js";
import { shapeErrors } from "./checks/shape-errors.js";
import type { Configuration } from "./configuration.js";
import { type ConfigurationError, MAX_ERRORS } from "./configuration-error.js";
import { readSmallFile } from "./files.js";
import { loadDictionary } from "./reply-attributes/load-dictionary.js";
import { type ResolvedReplyAttributes, resolveReplyAttributes } from "./reply-attributes/resolve-reply-attributes.js";
import { type FileContent, fileSchema } from "./schema/file-schema.js";
import { type ResolvedSecrets, resolveSecrets } from "./secrets/resolve-secrets.js";
import { type Environment, type OnFile, SecretSource } from "./secrets/secret-source.js";
import { textAt } from "./yaml/content-path.js";
import { parseSource, type SourceDocument } from "./yaml/source-document.js";

const MAX_FILE_BYTES = 4 * 1024 * 1024;

export interface LoadOptions {
  /** What `fromEnv` looks into. */
  readonly env: Environment;
  /** Told of each file (absolute path) before it is read, and of `usersFile`; the load goes on when it resolves. */
  readonly onFile?: OnFile;
}

/**
 * Reads and checks `portcullis.yaml`.
 * @param path of the file; shown in errors as it is given
 * @returns the configuration, or everything that is wrong with the file, in the order of its lines. `usersFile` is not
 * read here: `checkUsers` and `readUsers` do.
 */
export async function loadConfiguration(
  path: string,
  { env, onFile = () => Promise.resolve() }: LoadOptions,
): Promise<Result<Configuration, ConfigurationError[]>> {
  const file = resolve(path);
  await onFile(file);
  const read = await readSmallFile(path, MAX_FILE_BYTES);
  if (!read.ok) return fail([{ file: path, path: "", message: `the file ${read.failure}` }]);
  const source = parseSource(path, read.value);
  if (source.content === undefined) return refusal(source.errors);
  const usersFile = textAt(source.content, ["usersFile"]);
  if (usersFile !== undefined) await onFile(resolve(dirname(file), usersFile));
  const shape = fileSchema.safeParse(source.content);
  const from = new SecretSource(dirname(file), env, onFile);
  const loaded = await loadDictionary(source, dirname(file), onFile);
  const replies = await resolveReplyAttributes(source, from, loaded.dictionary);
  const resolved = await resolveSecrets(source, from);
  const errors = [
    ...source.errors,
    ...shapeErrors(source, shape.error?.issues ?? []),
    ...crossChecks(source),
    ...resolved.errors,
    ...vapidErrors(source, resolved),
    ...loaded.errors,
    ...replies.errors,
  ];
  if (errors.length > 0 || !shape.success) return refusal(errors);
  const warnings = [...resolved.warnings, ...crossWarnings(source)];
  return ok(buildConfiguration(file, shape.data, { ...resolved, ...replies, warnings }));
}

function vapidErrors(source: SourceDocument, { secrets }: ResolvedSecrets): ConfigurationError[] {
  return [...vapidPair(source.content, secrets)].map(({ path, message }) => source.errorAt(path, message));
}

function refusal(errors: readonly ConfigurationError[]): Result<never, ConfigurationError[]> {
  const inOrder = errors.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  return fail(inOrder.slice(0, MAX_ERRORS));
}

type ResolvedParts = ResolvedSecrets & ResolvedReplyAttributes;

function buildConfiguration(file: string, content: FileContent, resolved: ResolvedParts): Configuration {
  const { secrets, warnings } = resolved;
  return {
    file,
    radius: {
      listen: content.radius.listen.map((listen) => listenEntry(listen, dirname(file))),
      udpWorkers: content.radius.udpWorkers,
      maxRequestsPerSecond: content.radius.maxRequestsPerSecond,
    },
    clients: content.clients.map((client, at) => clientEntry(client, at, resolved)),
    targets: content.targets.map((target, at) => targetEntry(target, at, secrets)),
    policies: content.policies.map(policyEntry),
    ...sectionsOf(content, secrets, dirname(file)),
    allowManualAnswers: content.allowManualAnswers,
    dictionaries: content.dictionaries.map((path) => resolve(dirname(file), path)),
    users: content.users.map((user, at) => userEntry(user, at, secrets)),
    ...(content.usersFile === undefined ? {} : { usersFile: resolve(dirname(file), content.usersFile) }),
    warnings,
  };
}
