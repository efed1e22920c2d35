import { HashesBusy } from "@portcullis/kit";
import type { ResultCode } from "@portcullis/login";
import { MAX_PASSWORD_BYTES } from "../../domain/account.js";
import type { Attempt, TargetAnswer } from "../../domain/first-factor.js";
import type { PasswordHasher, Target } from "../ports.js";

/**
 * Checks passwords against the hashes that we keep. Whether the user is known, has a password, is switched off or typed a
 * wrong one: every attempt costs exactly one verification, so that its time tells nothing.
 */
export class LocalTarget implements Target {
  readonly #hasher: PasswordHasher;

  constructor(hasher: PasswordHasher) {
    this.#hasher = hasher;
  }

  async check(attempt: Attempt): Promise<TargetAnswer> {
    try {
      const reason = await this.#refusal(attempt);
      return reason === undefined ? { kind: "accepted" } : { kind: "refused", reason };
    } catch (error) {
      // Refused and not tried again: what waits to be tried again takes the place of other clients' logins.
      if (error instanceof HashesBusy) return { kind: "refused", reason: "FAILED_AUTHENTICATION_THROTTLED" };
      throw error;
    }
  }

  async #refusal({ account, password, client }: Attempt): Promise<ResultCode | undefined> {
    if (password === undefined) return "FAILED_REQUEST_INVALID";
    const hash = account?.passwordHash;
    const matches = await this.#hasher.verify(hash ?? this.#hasher.decoy, password, client);
    if (account === undefined) return "FAILED_USER_UNKNOWN";
    // Fail closed: without a hash nothing matches, whatever the decoy says; nor does what could not have been set.
    const right = matches && hash !== undefined && password.length > 0 && password.length <= MAX_PASSWORD_BYTES;
    if (!right) return "FAILED_PRIMARY_REJECTED";
    return account.enabled ? undefined : "FAILED_USER_DISABLED";
  }
}
