import { randomBytes } from "node:crypto";
import type { Sealer } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { Factors } from "../application/ports.js";
import { type StepUse, type Token, tokenSecretPlace, type UserFactors } from "../domain/token.js";

/** Factors in memory, with the same compare-and-set as the database. */
export class MemoryFactors implements Factors {
  readonly #sealer: Sealer;
  readonly #users = new Map<UserId, { enabled: boolean; serials: string[] }>();
  readonly #tokens = new Map<string, Token>();
  /** Steps that were taken, with who took them; a step taken by two answers would be a code that works twice. */
  readonly taken: StepUse[] = [];

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  /** Gives a user a token with a new secret. */
  addToken(userId: UserId, serial: string, shape: Partial<Pick<Token, "digits" | "periodSeconds" | "algorithm">> = {}) {
    const secret = randomBytes(20);
    const sealedSecret = this.#sealer.seal(secret, tokenSecretPlace(serial, userId));
    const token = { algorithm: "sha1", digits: 6, periodSeconds: 30, ...shape } as const;
    this.#tokens.set(serial, { ...token, serial, sealedSecret, lastStep: -1, lastAnswerId: "" });
    const user = this.#users.get(userId) ?? { enabled: true, serials: [] };
    user.serials.push(serial);
    this.#users.set(userId, user);
    return secret;
  }

  /** Takes the secret of one token for another: what somebody with write access to the database might try. */
  swapSecret(serial: string, from: string): void {
    const [token, other] = [this.#tokens.get(serial), this.#tokens.get(from)];
    if (token && other) this.#tokens.set(serial, { ...token, sealedSecret: other.sealedSecret });
  }

  setEnabled(userId: UserId, enabled: boolean): void {
    const user = this.#users.get(userId) ?? { enabled, serials: [] };
    this.#users.set(userId, { ...user, enabled });
  }

  readonly groups = new Map<UserId, readonly string[]>();

  async find(userId: UserId): Promise<UserFactors> {
    const { enabled, serials } = this.#users.get(userId) ?? { enabled: true, serials: [] };
    const tokens = serials.map((serial) => this.#tokens.get(serial)).filter((token) => token !== undefined);
    return { enabled, groups: this.groups.get(userId) ?? [], tokens };
  }

  async useStep(use: StepUse): Promise<boolean> {
    const token = this.#tokens.get(use.serial);
    if (token === undefined || use.step < token.lastStep) return false;
    if (use.step === token.lastStep) return use.answerId === token.lastAnswerId;
    this.#tokens.set(use.serial, { ...token, lastStep: use.step, lastAnswerId: use.answerId });
    this.taken.push(use);
    return true;
  }
}
