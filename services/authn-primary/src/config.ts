import { type Configuration, formatErrors, loadConfiguration } from "@portcullis/configuration";
import { type Log, PlatformEnvironment } from "@portcullis/kit";
import { z } from "zod";

export const Environment = PlatformEnvironment.extend({
  PORTCULLIS_CONFIG_FILE: z
    .string()
    .default("")
    .describe("The configuration file with the passwords; without it they stay as they are."),
});

/** The configuration of the file that the settings name. A wrong file is logged, and what was imported before stays in force. */
export async function configurationOf(
  settings: z.infer<typeof Environment>,
  log: Log,
): Promise<Configuration | undefined> {
  if (settings.PORTCULLIS_CONFIG_FILE === "") return undefined;
  const loaded = await loadConfiguration(settings.PORTCULLIS_CONFIG_FILE, { env: process.env });
  if (loaded.ok) return loaded.value;
  log.error("configuration.refused", { errors: formatErrors(loaded.failure) });
  return undefined;
}
