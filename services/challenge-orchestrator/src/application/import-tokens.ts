import {
  type Configuration,
  type ConfigurationError,
  checkUsers,
  decodeBase32,
  formatErrors,
  readUsers,
  type TokenEntry,
  type UserEntry,
  usersDigest,
} from "@portcullis/configuration";
import type { ImportOutcome, KeyedDigest, Log, Sealer } from "@portcullis/kit";
import { fileUserIdOf, type UserId } from "@portcullis/login";
import type { FileFactors, ImportedToken } from "./factor-ports.js";
import { sealedToken } from "./sealed-token.js";

const BATCH_TOKENS = 1_000;
const UNCHANGED: ImportOutcome = { outcome: "unchanged" };

/** How far an import has come, in users. */
export interface ImportProgress {
  readonly done: number;
  readonly total: number | undefined;
}

export interface ImportTokensParts {
  readonly configuration: Configuration;
  readonly tokens: FileFactors;
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
  readonly log: Log;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

/**
 * Takes over the tokens of the configuration file. What was imported completely is skipped; a file with mistakes is logged
 * and leaves everything as it is, which is why it is read twice: once to be checked, once to be stored.
 */
export class ImportTokens {
  readonly #parts: ImportTokensParts;

  constructor(parts: ImportTokensParts) {
    this.#parts = parts;
  }

  /** Rejects with `Unavailable` when the database is away; called again it begins anew. */
  async execute(signal: AbortSignal): Promise<ImportOutcome> {
    const { configuration, tokens, digest, log } = this.#parts;
    const content = await usersDigest(configuration);
    if (!content.ok) return this.#refuse([content.failure]);
    const importId = digest.hex("token-import", content.value);
    if ((await tokens.importedAs()) === importId) return UNCHANGED;
    const totals = await checkUsers(configuration);
    if (!totals.ok) return this.#refuse(totals.failure);
    const failure = await this.#storeAll(importId, totals.value.users, signal);
    if (failure !== undefined) return this.#refuse([failure]);
    if (signal.aborted) return UNCHANGED;
    await tokens.complete(importId);
    log.info("tokens.imported", { ...totals.value });
    return { outcome: "imported", changes: { "tokens in the file": totals.value.tokens } };
  }

  /** @returns what is wrong with the file, which it was not a moment ago */
  async #storeAll(importId: string, total: number, signal: AbortSignal): Promise<ConfigurationError | undefined> {
    const { configuration, tokens, onProgress } = this.#parts;
    let batch: ImportedToken[] = [];
    let done = 0;
    for await (const user of readUsers(configuration)) {
      if (!user.ok) return user.failure;
      batch.push(...this.#tokensOf(user.value));
      done += 1;
      if (batch.length < BATCH_TOKENS) continue;
      if (signal.aborted) return undefined;
      await tokens.storeTokens(importId, batch);
      batch = [];
      onProgress?.({ done, total });
    }
    if (batch.length > 0) await tokens.storeTokens(importId, batch);
    onProgress?.({ done, total });
    return undefined;
  }

  #tokensOf({ loginName, tokens }: UserEntry): ImportedToken[] {
    if (tokens.length === 0) return [];
    const userId = fileUserIdOf(this.#parts.digest, loginName);
    return tokens.map((token) => this.#sealed(token, userId));
  }

  #sealed(token: TokenEntry, userId: UserId): ImportedToken {
    const { serial, type, algorithm, digits, periodSeconds, counter } = token;
    const secret = decodeBase32(token.secret.reveal());
    if (secret === undefined) throw new Error(`The secret of token ${serial} passed the check and is no base32.`);
    return sealedToken(this.#parts, { serial, type, secret, algorithm, digits, periodSeconds, counter }, userId);
  }

  #refuse(failures: readonly ConfigurationError[]): ImportOutcome {
    const errors = formatErrors(failures);
    this.#parts.log.error("tokens.file_refused", { errors });
    return { outcome: "refused", errors };
  }
}
