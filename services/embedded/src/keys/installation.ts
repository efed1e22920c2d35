import { existsSync } from "node:fs";
import { fingerprintOf, type KeyFile, readKeyFile, readKeyRing } from "@portcullis/kit";
import { z } from "zod";
import { DataFolderError, keysPathOf, lockDataFolder } from "../product/data-folder.js";
import { askProduct, type RunningProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";

const ProcessKeys = z.object({
  active: z.int(),
  keys: z.record(z.string(), z.string()),
  trouble: z.string().nullable(),
  covers: z.array(z.string()),
});
const KeyUses = z.array(z.object({ what: z.string(), key: z.int(), count: z.int() }));

/** What a running process says of its key ring. */
export type ProcessKeys = z.infer<typeof ProcessKeys> & { readonly process: string };
export type KeyUse = z.infer<typeof KeyUses>[number];

export interface InstallationOptions {
  readonly data?: string;
  readonly file?: string;
  readonly url?: readonly string[];
  readonly apiKeyFile?: string;
  readonly stopped?: true;
}

/** A key file and the processes that use it. */
export interface KeyInstallation {
  readonly file: string;
  readonly processes: readonly RunningProduct[];
  /** Lets a product start again that did not run. */
  release(): void;
}

/** @param needsProcesses refuses a distributed installation of which no process was named */
export function openInstallation(options: InstallationOptions, needsProcesses: boolean): KeyInstallation {
  const { data, file, url: urls = [], apiKeyFile, stopped } = options;
  if (data !== undefined) return openEmbedded(data);
  if (file === undefined) {
    throw new CommandError(
      "Which key ring? Give --data FOLDER (embedded), or --file FILE and --url URL for each process.",
    );
  }
  if (needsProcesses && urls.length === 0 && stopped !== true) {
    throw new CommandError(
      "Which processes use it? Give --url URL for every running process, each replica of each service, and --api-key-file FILE; or --stopped when none runs.",
    );
  }
  const processes = urls.map((url) => ({ url, ...(apiKeyFile === undefined ? {} : { apiKeyFile }) }));
  readFile(file);
  return { file, processes, release: () => undefined };
}

/** A product that does not run must not start while its keys are changed; one that runs has the folder and is asked. */
function openEmbedded(data: string): KeyInstallation {
  const file = keysPathOf(data);
  if (!existsSync(file))
    throw new CommandError(`${data} is no data folder of a product that was started: it has no keys.json.`);
  try {
    const lock = lockDataFolder(data);
    return { file, processes: [], release: () => lock.release() };
  } catch (error) {
    if (!(error instanceof DataFolderError)) throw error;
    return { file, processes: [{ data }], release: () => undefined };
  }
}

/** Fails with `CommandError` when the file is not there or wrong. */
export function readFile(path: string): KeyFile {
  try {
    return readKeyFile(path);
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}

export function fingerprintsOf(path: string): ReadonlyMap<number, string> {
  return new Map([...readKeyRing(path).sealing].map(([id, key]) => [id, fingerprintOf(key)]));
}

export const nameOf = ({ data, url }: RunningProduct): string => url ?? data ?? "";

/** What every process has, each of which reads its key file for this. Fails with `CommandError` when one does not answer. */
export function askKeys({ processes }: KeyInstallation): Promise<ProcessKeys[]> {
  return Promise.all(
    processes.map(async (product) => ({
      process: nameOf(product),
      ...ProcessKeys.parse(await askProduct(product, "/internal/keys")),
    })),
  );
}

/** What stands under which key. Replicas share tables and topics and say the same: it is counted once. */
export async function askUses({ processes }: KeyInstallation): Promise<KeyUse[]> {
  const answers = await Promise.all(processes.map((product) => askProduct(product, "/internal/keys/uses")));
  const uses = answers.flatMap((answer) => KeyUses.parse(answer));
  const most = Map.groupBy(uses, ({ what, key }) => `${key} ${what}`);
  return [...most.values()].map((same) => same.reduce((one, other) => (other.count > one.count ? other : one)));
}

/** Processes that cannot open what is sealed under a key, with why. */
export function lacking(reports: readonly ProcessKeys[], id: number, fingerprint: string | undefined): string[] {
  return reports.flatMap(({ process, keys, trouble }) => {
    const theirs = keys[id];
    if (theirs === fingerprint) return [];
    const why = theirs === undefined ? "it does not have the key yet" : "it has another key of that number";
    return [`${process}: ${why}${trouble === null ? "" : ` (${trouble})`}`];
  });
}

/** Processes that seal under another key than the file says. */
export function sealingOtherwise(reports: readonly ProcessKeys[], active: number): string[] {
  return reports
    .filter((report) => report.active !== active)
    .map(
      ({ process, active: theirs, trouble }) =>
        `${process}: it seals under key ${theirs}${trouble === null ? "" : ` (${trouble})`}`,
    );
}
