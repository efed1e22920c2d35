import {
  type Configuration,
  type ConfigurationError,
  checkUsers,
  formatErrors,
  readUsers,
  type UserEntry,
  usersDigest,
} from "@portcullis/configuration";
import type { ImportOutcome, KeyedDigest, Log } from "@portcullis/kit";
import type { FileFactors, ImportedToken, ImportedUser } from "./factor-ports.js";
import type { FileEntries } from "./file-entries.js";
import type { ImportPins } from "./import-pins.js";

/** Tokens, or users, that are written at once. */
const BATCH = 1_000;
const UNCHANGED: ImportOutcome = { outcome: "unchanged" };

/** How far an import has come, in users. */
export interface ImportProgress {
  readonly done: number;
  readonly total: number | undefined;
}

export interface ImportFactorsParts {
  readonly configuration: Configuration;
  readonly factors: FileFactors;
  readonly entries: FileEntries;
  readonly importPins: ImportPins;
  readonly digest: KeyedDigest;
  readonly log: Log;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

/**
 * Takes over the factors of the configuration file: tokens, phones, methods and PINs. What was imported completely is skipped; a
 * file with mistakes is logged and leaves everything as it is, which is why it is read twice: once to be checked, once to be stored.
 */
export class ImportFactors {
  readonly #parts: ImportFactorsParts;

  constructor(parts: ImportFactorsParts) {
    this.#parts = parts;
  }

  /** Rejects with `Unavailable` when the database is away; called again it begins anew. */
  async execute(signal: AbortSignal): Promise<ImportOutcome> {
    const { configuration, factors, importPins, digest, log } = this.#parts;
    const content = await usersDigest(configuration);
    if (!content.ok) return this.#refuse([content.failure]);
    const importId = digest.hex("factor-import", content.value);
    if ((await factors.importedAs()) === importId) return UNCHANGED;
    const totals = await checkUsers(configuration);
    if (!totals.ok) return this.#refuse(totals.failure);
    const failure = await this.#storeAll(importId, totals.value.users, signal);
    if (failure !== undefined) return this.#refuse([failure]);
    // PINs are hashed: whoever has a token need not wait for them. What is gone goes with the mark, at the very end.
    const pins = await importPins.execute(configuration, signal);
    if (!pins.ok) return this.#refuse([pins.failure]);
    if (signal.aborted) return UNCHANGED;
    await factors.complete(importId);
    log.info("factors.imported", { ...totals.value, ...pins.value });
    const { weak, changed, removed } = pins.value;
    return {
      outcome: "imported",
      changes: {
        "tokens in the file": totals.value.tokens,
        ...(changed === 0 ? {} : { "PINs added or changed": changed }),
        ...(removed === 0 ? {} : { "PINs removed": removed }),
        ...(weak === 0 ? {} : { "PINs that nobody may choose": weak }),
      },
    };
  }

  /** @returns what is wrong with the file, which it was not a moment ago */
  async #storeAll(importId: string, total: number, signal: AbortSignal): Promise<ConfigurationError | undefined> {
    const { configuration, factors, entries, onProgress } = this.#parts;
    const tokens: ImportedToken[] = [];
    const users: ImportedUser[] = [];
    let done = 0;
    const flush = async (atLeast: number): Promise<void> => {
      if (tokens.length >= atLeast) await factors.storeTokens(importId, tokens.splice(0));
      if (users.length >= atLeast) await factors.storeUsers(importId, users.splice(0));
    };
    for await (const user of readUsers(configuration)) {
      if (!user.ok) return user.failure;
      tokens.push(...entries.tokensOf(user.value));
      users.push(...this.#usersOf(user.value));
      done += 1;
      if (Math.max(tokens.length, users.length) < BATCH) continue;
      if (signal.aborted) return undefined;
      await flush(BATCH);
      onProgress?.({ done, total });
    }
    await flush(1);
    onProgress?.({ done, total });
    return undefined;
  }

  /** Nothing of whom the file says nothing special: then nothing has to be kept. */
  #usersOf(user: UserEntry): ImportedUser[] {
    const imported = this.#parts.entries.userOf(user);
    return imported === undefined ? [] : [imported];
  }

  #refuse(failures: readonly ConfigurationError[]): ImportOutcome {
    const errors = formatErrors(failures);
    this.#parts.log.error("factors.file_refused", { errors });
    return { outcome: "refused", errors };
  }
}
