import {
  type Configuration,
  type ConfigurationError,
  formatErrors,
  readUsers,
  type Secret,
  type UserEntry,
  usersDigest,
} from "@portcullis/configuration";
import type { ImportOutcome, KeyedDigest, Log } from "@portcullis/kit";
import { fileUserIdOf, type UserId } from "@portcullis/login";
import type { FilePasswordStore, PasswordHasher, StoredPassword } from "./ports.js";

/** Passwords that are written at once; also how many hashes a crash may cost. */
const BATCH = 500;
const UNCHANGED: ImportOutcome = { outcome: "unchanged" };

/** A password as the file has it. */
type FilePassword = { readonly userId: UserId } & (
  | { readonly kind: "hash"; readonly hash: Secret }
  | { readonly kind: "plain"; readonly password: Secret }
);

export interface ImportPasswordsParts {
  readonly store: FilePasswordStore;
  readonly hasher: PasswordHasher;
  readonly digest: KeyedDigest;
  readonly log: Log;
  readonly onProgress: (progress: { readonly done: number; readonly total: number | undefined }) => void;
}

/**
 * Takes over the passwords of the configuration file. All of the file is read before anything is written: a mistake in it,
 * or a file that can't be read, leaves every password as it was. An unchanged file is not read again, and a plain password
 * that fits its stored hash is not hashed again. Hashes one at a time, so that logins get their share.
 */
export class ImportPasswords {
  readonly #parts: ImportPasswordsParts;

  constructor(parts: ImportPasswordsParts) {
    this.#parts = parts;
  }

  async run(configuration: Configuration, signal: AbortSignal): Promise<ImportOutcome> {
    const { store, digest, log, onProgress } = this.#parts;
    const content = await usersDigest(configuration);
    if (!content.ok) return this.#refuse([content.failure]);
    const fileDigest = digest.hex("passwords-file", content.value);
    if ((await store.importedDigest()) === fileDigest) {
      log.info("passwords.file_unchanged");
      return UNCHANGED;
    }
    const { passwords, errors } = await this.#read(configuration);
    if (errors.length > 0) return this.#refuse(errors);
    const stored = new Map((await store.all()).map(({ userId, hash }) => [userId, hash]));
    // What is gone ends first: it must not stay valid while the others are hashed.
    const removed = await this.#removeOthers(stored, passwords);
    let changed: StoredPassword[] = [];
    let written = 0;
    const flush = async (): Promise<void> => {
      await store.put(changed);
      written += changed.length;
      changed = [];
    };
    for (const [index, password] of passwords.entries()) {
      if (signal.aborted) break;
      const known = stored.get(password.userId);
      const hash = await this.#hashOf(password, known);
      if (hash !== known) changed.push({ userId: password.userId, hash });
      if (changed.length >= BATCH) await flush();
      onProgress({ done: index + 1, total: passwords.length });
    }
    await flush();
    if (signal.aborted) return UNCHANGED; // Without the digest, the next start goes on from here.
    await store.setImportedDigest(fileDigest);
    log.info("passwords.imported", { passwords: passwords.length, changed: written, removed });
    if (written === 0 && removed === 0) return UNCHANGED;
    return { outcome: "imported", changes: { "passwords added or changed": written, "passwords removed": removed } };
  }

  async #read(configuration: Configuration): Promise<{ passwords: FilePassword[]; errors: ConfigurationError[] }> {
    const { digest } = this.#parts;
    const passwords: FilePassword[] = [];
    const errors: ConfigurationError[] = [];
    for await (const result of readUsers(configuration)) {
      if (!result.ok) errors.push(result.failure);
      else passwords.push(...filePasswordOf(result.value, digest));
    }
    return { passwords, errors };
  }

  #refuse(failures: readonly ConfigurationError[]): ImportOutcome {
    const errors = formatErrors(failures);
    this.#parts.log.error("passwords.file_refused", { errors });
    return { outcome: "refused", errors };
  }

  async #removeOthers(stored: ReadonlyMap<UserId, string>, passwords: readonly FilePassword[]): Promise<number> {
    const kept = new Set(passwords.map((password) => password.userId));
    const gone = [...stored.keys()].filter((userId) => !kept.has(userId));
    await this.#parts.store.remove(gone);
    return gone.length;
  }

  async #hashOf(password: FilePassword, known: string | undefined): Promise<string> {
    if (password.kind === "hash") return password.hash.reveal();
    const { hasher } = this.#parts;
    const bytes = Buffer.from(password.password.reveal());
    if (known !== undefined && (await hasher.verify(known, bytes))) return known;
    return hasher.hash(bytes);
  }
}

function filePasswordOf({ loginName, password, passwordHash }: UserEntry, digest: KeyedDigest): FilePassword[] {
  if (passwordHash !== undefined)
    return [{ userId: fileUserIdOf(digest, loginName), kind: "hash", hash: passwordHash }];
  if (password !== undefined) return [{ userId: fileUserIdOf(digest, loginName), kind: "plain", password }];
  return [];
}
