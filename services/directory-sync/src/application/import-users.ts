import {
  type Configuration,
  type ConfigurationError,
  formatErrors,
  readUsers,
  usersDigest,
} from "@portcullis/configuration";
import type { ImportOutcome, KeyedDigest, Log } from "@portcullis/kit";
import { fileUserIdOf } from "@portcullis/login";
import type { SourceUser } from "../domain/user.js";
import { MAX_UPSERT, type OnProgress, type UserStore } from "./ports.js";

const SOURCE = "file";
const UNCHANGED: ImportOutcome = { outcome: "unchanged" };
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

  async run(configuration: Configuration, signal: AbortSignal): Promise<ImportOutcome> {
    const { store, digest, log } = this.#parts;
    const content = await usersDigest(configuration);
    if (!content.ok) return this.#refuse([content.failure]);
    const fileDigest = digest.hex("users-file", content.value);
    if ((await store.importedDigest(SOURCE)) === fileDigest) {
      log.info("users.file_unchanged");
      return UNCHANGED;
    }
    const { users, errors } = await this.#read(configuration);
    if (errors.length > 0) return this.#refuse(errors);
    if (signal.aborted) return UNCHANGED;
    if (users.length === 0) log.warn("users.file_empty", { meaning: "all users of the file are removed" });
    let changed = 0;
    for (let from = 0; from < users.length; from += MAX_UPSERT) {
      if (signal.aborted) return UNCHANGED; // The digest is written last: the next start goes on from here.
      changed += await store.upsert(SOURCE, users.slice(from, from + MAX_UPSERT));
    }
    const userIds = users.map((user) => user.userId);
    const removed = await store.removeOthers(SOURCE, userIds);
    await store.setImportedDigest(SOURCE, fileDigest);
    log.info("users.imported", { users: users.length, changed, removed });
    if (changed === 0 && removed === 0) return UNCHANGED;
    return { outcome: "imported", changes: { "users added or changed": changed, "users removed": removed } };
  }

  async #read(configuration: Configuration): Promise<{ users: SourceUser[]; errors: ConfigurationError[] }> {
    const { digest, onProgress } = this.#parts;
    const users: SourceUser[] = [];
    const errors: ConfigurationError[] = [];
    for await (const result of readUsers(configuration)) {
      if (!result.ok) {
        errors.push(result.failure);
        continue;
      }
      const { name, loginName, enabled, groups } = result.value;
      users.push({ userId: fileUserIdOf(digest, loginName), name, loginName, enabled, groups });
      if (users.length % PROGRESS_EVERY === 0) onProgress({ done: users.length, total: undefined });
    }
    return { users, errors };
  }

  #refuse(failures: readonly ConfigurationError[]): ImportOutcome {
    const errors = formatErrors(failures);
    this.#parts.log.error("users.file_refused", { errors });
    return { outcome: "refused", errors };
  }
}
