import { type Configuration, configurationDigest, formatErrors, readUsers } from "@portcullis/configuration";
import type { KeyedDigest, Log } from "@portcullis/kit";
import { fileUserIdOf } from "@portcullis/login";
import type { SourceUser } from "../domain/user.js";
import { MAX_UPSERT, type OnProgress, type UserStore } from "./ports.js";

const SOURCE = "file";
const PROGRESS_EVERY = 1_000;

export interface ImportUsersParts {
  readonly store: UserStore;
  readonly digest: KeyedDigest;
  readonly log: Log;
  readonly onProgress: OnProgress;
}

/**
 * Takes over the users of the configuration file. All of the file is read before anything is written: a mistake in it, or
 * a file that can't be read, leaves every user as she was. An unchanged file is not read again.
 */
export class ImportUsers {
  readonly #parts: ImportUsersParts;

  constructor(parts: ImportUsersParts) {
    this.#parts = parts;
  }

  async run(configuration: Configuration, signal: AbortSignal): Promise<void> {
    const { store, digest, log } = this.#parts;
    const content = await configurationDigest(configuration);
    if (!content.ok) return log.error("users.file_refused", { errors: formatErrors([content.failure]) });
    const fileDigest = digest.hex("users-file", content.value);
    if ((await store.importedDigest(SOURCE)) === fileDigest) return log.info("users.file_unchanged");
    const users = await this.#read(configuration);
    if (users === undefined || signal.aborted) return;
    if (users.length === 0) log.warn("users.file_empty", { meaning: "all users of the file are removed" });
    let changed = 0;
    for (let from = 0; from < users.length; from += MAX_UPSERT) {
      if (signal.aborted) return; // The digest is written last: the next start goes on from here.
      changed += await store.upsert(SOURCE, users.slice(from, from + MAX_UPSERT));
    }
    const userIds = users.map((user) => user.userId);
    const removed = await store.removeOthers(SOURCE, userIds);
    await store.setImportedDigest(SOURCE, fileDigest);
    log.info("users.imported", { users: users.length, changed, removed });
  }

  /** @returns undefined, and the log says why, when anything is wrong in the file */
  async #read(configuration: Configuration): Promise<SourceUser[] | undefined> {
    const { digest, log, onProgress } = this.#parts;
    const users: SourceUser[] = [];
    const errors = [];
    for await (const result of readUsers(configuration)) {
      if (!result.ok) {
        errors.push(result.failure);
        continue;
      }
      const { name, loginName, enabled } = result.value;
      users.push({ userId: fileUserIdOf(digest, loginName), name, loginName, enabled });
      if (users.length % PROGRESS_EVERY === 0) onProgress({ done: users.length, total: undefined });
    }
    if (errors.length === 0) return users;
    log.error("users.file_refused", { errors: formatErrors(errors) });
    return undefined;
  }
}
