import type { Log } from "@portcullis/kit";
import type { Configuration } from "./configuration.js";
import { formatErrors } from "./configuration-error.js";
import { loadConfiguration } from "./load-configuration.js";

/**
 * For a service that imports its part of the file at its start.
 * @param path empty when the service is given no file
 * @returns undefined without a file, and with a wrong one: that is logged with all its mistakes, and what was imported before
 * stays in force
 */
export async function loadForImport(path: string, log: Log): Promise<Configuration | undefined> {
  if (path === "") return undefined;
  const loaded = await loadConfiguration(path, { env: process.env });
  if (loaded.ok) return loaded.value;
  log.error("configuration.refused", { errors: formatErrors(loaded.failure) });
  return undefined;
}
