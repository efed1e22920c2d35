import type { KeyedDigest, Log, Random } from "@portcullis/kit";
import type { AnswerId, UserId } from "@portcullis/login";
import { CODE_RANDOM_BYTES, RECOVERY_CODES, recoveryCodeOf, typedRecoveryCode } from "../domain/recovery-codes.js";
import type { RecoveryCodes as StoredCodes } from "./factor-ports.js";

export interface RecoveryCodesParts {
  readonly codes: StoredCodes;
  readonly digest: KeyedDigest;
  readonly random: Random;
  readonly log: Log;
}

/**
 * Codes on paper for the day on which a user's phone is gone; each works once. Kept as keyed digests, not as slow hashes: a code has
 * 59 random bits, so that there is nothing to try, and the digest finds its row in the one statement that also takes it, where a slow
 * hash would have to be tried ten times for each answer. The digest's key is not in the database, so that how long a comparison
 * there takes tells nothing of a code.
 */
export class RecoveryCodes {
  readonly #parts: RecoveryCodesParts;

  constructor(parts: RecoveryCodesParts) {
    this.#parts = parts;
  }

  /** Makes ten new ones, which are shown this once; those before are worthless. */
  async issue(userId: UserId): Promise<readonly string[]> {
    const { codes, random, log } = this.#parts;
    const issued = Array.from({ length: RECOVERY_CODES }, () => recoveryCodeOf(random.bytes(CODE_RANDOM_BYTES)));
    await codes.replace(
      userId,
      issued.map((code) => this.#digestOf(userId, code)),
    );
    log.info("recovery_codes.issued", { userId });
    return issued;
  }

  /** Whether a code is one of hers that nobody used; again for the same answer. The database is asked whatever was typed. */
  use(typed: { readonly userId: UserId; readonly code: string; readonly answerId: AnswerId }): Promise<boolean> {
    const { userId, answerId, code } = typed;
    return this.#parts.codes.use({ userId, digest: this.#digestOf(userId, code), answerId });
  }

  #digestOf(userId: UserId, code: string): string {
    return this.#parts.digest.hex("recovery-code", userId, typedRecoveryCode(code) ?? "");
  }
}
