import { type ConfigurationError, formatErrors, loadConfiguration, mergeUsers } from "@portcullis/configuration";
import { CommandError } from "../terminal/fail.js";
import { type ImportReport, type Refusal } from "../token-files/import-report.js";

interface ImportUsersOptions {
  readonly config?: string;
  readonly replace?: true;
  readonly dryRun?: true;
}

/**
 * Takes users over into the file that the configuration names, since it is that file that owns them: every service takes its own part
 * from there, and goes on doing so.
 */
export async function importUsers(file: string, options: ImportUsersOptions): Promise<ImportReport> {
  const config = options.config ?? process.env["PORTCULLIS_CONFIG_FILE"];
  if (config === undefined)
    throw new CommandError("Which configuration? Give --config FILE or set PORTCULLIS_CONFIG_FILE.");
  const loaded = await loadConfiguration(config, { env: process.env });
  if (!loaded.ok) throw new CommandError(`The configuration is wrong.\n${formatErrors(loaded.failure)}`);
  const { usersFile } = loaded.value;
  if (usersFile === undefined)
    throw new CommandError("The configuration has no file for users: add usersFile: users.csv to it.");
  const dryRun = options.dryRun === true;
  const replace = options.replace === true;
  const merged = await mergeUsers(loaded.value, file, { replace, dryRun }).catch(writingFailed);
  if (!merged.ok) throw new CommandError(`Nothing was taken.\n${formatErrors(merged.failure)}`);
  const { rows, added, replaced, refused } = merged.value;
  return { file, dryRun, what: "users", total: rows, added, replaced, refused: refused.map(refusalOf) };
}

/** The system's own message names the file, and quotes nothing of it. */
function writingFailed(error: unknown): never {
  if (error instanceof Error && "code" in error)
    throw new CommandError(`The users' file stays as it was: ${error.message}`);
  throw error;
}

function refusalOf({ line, path, message }: ConfigurationError): Refusal {
  return { place: line === undefined ? "the file" : `line ${line}`, name: path, reason: message };
}
