import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  type Configuration,
  type ConfigurationError,
  type Environment,
  formatErrors,
  loadConfiguration,
} from "../src/index.js";

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Writes files into a folder that is removed at the end of the test. */
export async function writeFiles(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-configuration-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

export interface Surroundings {
  readonly env?: Environment;
  readonly files?: Files;
}

/** Loads a YAML text that has to be right. */
export async function loaded(yaml: string, { env = {}, files = {} }: Surroundings = {}): Promise<Configuration> {
  const folder = await writeFiles({ "portcullis.yaml": yaml, ...files });
  const result = await loadConfiguration(join(folder, "portcullis.yaml"), { env });
  if (!result.ok) throw new Error(formatErrors(result.failure));
  return result.value;
}

/** Loads a YAML text that has to be wrong; the errors as people see them, without the folder. */
export async function refused(
  yaml: string | Uint8Array,
  { env = {}, files = {} }: Surroundings = {},
): Promise<string[]> {
  const folder = await writeFiles({ "portcullis.yaml": yaml, ...files });
  const result = await loadConfiguration(join(folder, "portcullis.yaml"), { env });
  if (result.ok) throw new Error("the configuration was accepted");
  return shown(result.failure);
}

/** Errors as people see them, without the folder. */
export function shown(errors: readonly ConfigurationError[]): string[] {
  return errors.map((error) => formatErrors([{ ...error, file: error.file.replace(/^.*\//, "") }]));
}
