import type { ImportOutcome, ImportParts, Log } from "@portcullis/kit";
import type { Configuration } from "../configuration.js";
import { formatErrors } from "../configuration-error.js";
import { ConfigurationFile, type ConfigurationSource } from "./configuration-file.js";

/**
 * The file of a service that imports a part of it, wrong or not: that shows at the import.
 * @param path empty when the service is given no file
 */
export function configurationForImport(path: string, log: Log): ConfigurationSource | undefined {
  return path === "" ? undefined : new ConfigurationFile(path, { env: process.env, log });
}

/**
 * What an importer runs, and how it knows that it must run again. A wrong file is never handed to it: what was imported
 * before stays in force, and the errors are the import's outcome.
 * @param source undefined without a file: then nothing is imported, ever
 */
export function importOf(
  source: ConfigurationSource | undefined,
  run: (configuration: Configuration, signal: AbortSignal) => Promise<ImportOutcome>,
): Required<Pick<ImportParts, "run" | "changed">> {
  if (source === undefined) {
    return { run: () => Promise.resolve({ outcome: "unchanged" }), changed: () => Promise.resolve(false) };
  }
  let imported = 0;
  return {
    run: async (signal) => {
      const { version, result } = await source.read();
      imported = version;
      if (result.ok) return run(result.value, signal);
      return { outcome: "refused", errors: formatErrors(result.failure) };
    },
    changed: () => source.changedSince(imported),
  };
}
