import type { Configuration } from "./configuration.js";
import { formatErrors } from "./configuration-error.js";
import { loadConfiguration } from "./load-configuration.js";

/**
 * For a service at its start: the configuration of the file, or undefined when the service is given none.
 * Throws an error for people, with every mistake of the file.
 */
export async function requireConfiguration(path: string): Promise<Configuration | undefined> {
  if (path === "") return undefined;
  const loaded = await loadConfiguration(path, { env: process.env });
  if (loaded.ok) return loaded.value;
  throw new Error(`The configuration is wrong.\n${formatErrors(loaded.failure)}`);
}
