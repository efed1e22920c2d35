import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type HttpListenEntry, type ListenEntry, secretFilesOf } from "@portcullis/configuration";
import type { Check, DoctorContext, Finding, Level } from "../check.js";
import { listOf } from "../words.js";

interface GuardedFile {
  readonly path: string;
  /** Whoever reads a key ring opens everything that is sealed. */
  readonly isKeyRing?: boolean;
  /** Not made yet before the first start. */
  readonly mayBeMissing?: boolean;
}

/** Many secret files with one mistake are one finding. */
const MAX_FILES = 10_000;
const OTHERS_WRITE = 0o002;
const OTHERS_READ = 0o004;
const GROUP_WRITE = 0o020;
const GROUP_READ = 0o040;

/** Who else on this machine may read or write the files with secrets. */
export const permissionsCheck: Check = {
  name: "permissions",
  run: async (context) => {
    const files = guardedFiles(context).slice(0, MAX_FILES);
    const troubles = await Promise.all(files.map(troubleOf));
    const found = [
      ...Map.groupBy(
        troubles.filter((trouble) => trouble !== undefined),
        keyOf,
      ).values(),
    ].map(together);
    if (files.length === 0 || found.length > 0) return found;
    return [{ level: "ok", what: "The files with secrets are for their owner only." }];
  },
};

interface Trouble {
  readonly path: string;
  readonly level: Level;
  readonly what: string;
  readonly why?: string;
  readonly todo: string;
}

function guardedFiles({ loaded, data, settings }: DoctorContext): GuardedFile[] {
  const paths: string[] = [];
  if (loaded.ok) {
    const { inline, files } = secretFilesOf(loaded.value);
    // Whoever writes the configuration decides who gets in; a reader matters only where secrets stand in it.
    paths.push(...(inline ? [loaded.value.file] : []), ...files);
    if (loaded.value.usersFile !== undefined) paths.push(loaded.value.usersFile);
    paths.push(...[...loaded.value.radius.listen, ...(loaded.value.http?.listen ?? [])].flatMap(tlsKeyOf));
  }
  const { PORTCULLIS_KEYS_FILE: keys, PORTCULLIS_API_KEY_FILE: apiKey } = settings;
  paths.push(...[apiKey, settings.PORTCULLIS_RADIUS_TLS_KEY_FILE].filter((path) => path !== undefined));
  return [
    ...paths.map((path) => ({ path })),
    ...(keys === undefined ? [] : [{ path: keys, isKeyRing: true }]),
    ...(data === undefined ? [] : [{ path: join(data, "keys.json"), isKeyRing: true, mayBeMissing: true }]),
  ];
}

/** The file of a listener's private key. */
function tlsKeyOf(entry: ListenEntry | HttpListenEntry): string[] {
  const key = "tls" in entry ? entry.tls?.key : undefined;
  return typeof key === "string" ? [key] : [];
}

async function troubleOf(file: GuardedFile): Promise<Trouble | undefined> {
  const found = await stat(file.path).catch((error: NodeJS.ErrnoException) => error.code ?? "UNKNOWN");
  if (typeof found !== "string") return troubleOfMode(file, found.mode);
  if (found === "ENOENT" && file.mayBeMissing === true) return undefined;
  const what = found === "ENOENT" ? "is not there" : `cannot be looked at (${found})`;
  const todo =
    file.isKeyRing === true
      ? "Name the installation's key ring (PORTCULLIS_KEYS_FILE); portcullis keys create FILE makes the first one."
      : "Put it there, or mend the setting that names it.";
  return { path: file.path, level: "error", what, todo };
}

/** @param mode as of `stat`; only its last nine bits count */
export function troubleOfMode({ path, isKeyRing = false }: GuardedFile, mode: number): Trouble | undefined {
  if (mode & (OTHERS_WRITE | GROUP_WRITE)) {
    const [level, who] =
      mode & OTHERS_WRITE ? (["error", "by every user"] as const) : (["warning", "by its group"] as const);
    const why = "Whoever writes it decides who gets in.";
    return { path, level, what: `can be written ${who} of this machine`, why, todo: "chmod 600" };
  }
  if (mode & OTHERS_READ) {
    const why = isKeyRing ? "Whoever reads a key ring opens everything that it sealed." : "It holds secrets.";
    return {
      path,
      level: isKeyRing ? "error" : "warning",
      what: "can be read by every user of this machine",
      why,
      todo: "chmod 600",
    };
  }
  if ((mode & GROUP_READ) === 0) return undefined;
  return {
    path,
    level: "hint",
    what: "can be read by its group",
    why: "Is that group meant to know its secrets?",
    todo: "chmod 600",
  };
}

const keyOf = ({ level, what }: Trouble): string => `${level} ${what}`;

function together(troubles: readonly Trouble[]): Finding {
  const paths = troubles.map(({ path }) => path);
  const [{ level, what, why, todo } = { level: "ok" as const, what: "", todo: "" }] = troubles;
  const command = todo.startsWith("chmod") ? `${todo} ${paths.slice(0, 4).join(" ")}` : todo;
  const sentence = paths.length === 1 ? what : what.replace(/^is /, "are ").replaceAll(/\bits\b/g, "their");
  return { level, what: `${listOf(paths)} ${sentence}.`, ...(why === undefined ? {} : { why }), todo: command };
}
