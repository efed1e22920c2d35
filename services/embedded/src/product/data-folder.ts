import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createKeyFile, type KeyRing, readKeyRing } from "@portcullis/kit";
import { socketPathOf } from "./socket-path.js";

/** Why a folder cannot be used; a message for people. */
export class DataFolderError extends Error {
  override readonly name = "DataFolderError";
}

/** The folder in which an embedded product keeps everything, held by one process. */
export interface DataFolder {
  readonly path: string;
  readonly databasePath: string;
  /** Events that no handler could take, a line each. */
  readonly deadLettersPath: string;
  /** Commands that act on the running product talk to it here. */
  readonly socketPath: string;
  readonly keysPath: string;
  readonly keyRing: KeyRing;
  release(): void;
}

export const keysPathOf = (folder: string): string => join(folder, "keys.json");

/**
 * Opens a data folder and makes what is missing (the folder, 0700; the key file, 0600). The lock is one of the operating
 * system's on the file `lock`, taken through SQLite: it ends with the process, however that ends, so none is ever left over.
 * Throws `DataFolderError` when another process has it.
 */
export function openDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  const lock = takeLock(path);
  const keyFile = keysPathOf(path);
  if (!existsSync(keyFile)) createKeyFile(keyFile);
  return {
    path,
    databasePath: join(path, "database"),
    deadLettersPath: join(path, "dead-letters.jsonl"),
    socketPath: socketPathOf(path),
    keysPath: keyFile,
    keyRing: readKeyRing(keyFile),
    release: () => lock.close(),
  };
}

/** For a command that changes the folder of a product that does not run, and must not start meanwhile. */
export function lockDataFolder(path: string): { release(): void } {
  const lock = takeLock(path);
  return { release: () => lock.close() };
}

function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(join(path, "lock"));
  try {
    lock.exec("pragma journal_mode = memory; begin exclusive");
    return lock;
  } catch {
    lock.close();
    throw new DataFolderError(
      `Another Portcullis is running on the data folder ${path}.\nStop it first, or give this one a folder of its own: --data DIR.`,
    );
  }
}
