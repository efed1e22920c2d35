import { randomBytes } from "node:crypto";
import type { Sealer } from "@portcullis/kit";
import type { LoginId, UserId } from "@portcullis/login";
import type { BypassUse, Factors } from "../application/ports.js";
import { deviceSerial, type StepUse, type Token, tokenSecretPlace } from "../domain/token.js";
import { UNKNOWN_USER, type UserFactors } from "../domain/user-factors.js";

type TokenShape = Pick<Token, "type" | "digits" | "periodSeconds" | "algorithm" | "lastStep" | "driftSteps">;

/** Factors in memory, with the same compare-and-set as the database. */
export class MemoryFactors implements Factors {
  readonly #sealer: Sealer;
  readonly #users = new Map<UserId, UserFactors>();
  /** Serials of each user, in the order in which she got them. */
  readonly #serials = new Map<UserId, string[]>();
  readonly #tokens = new Map<string, Token>();
  /** Who used which. */
  readonly usedBypasses = new Map<string, LoginId>();
  /** Steps that were taken, with who took them; a step taken by two answers would be a code that works twice. */
  readonly taken: StepUse[] = [];
  readonly groups = new Map<UserId, readonly string[]>();

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  /** Gives a user a token with a new secret. */
  addToken(userId: UserId, serial: string, shape: Partial<TokenShape> = {}): Buffer {
    const secret = randomBytes(20);
    const sealedSecret = this.#sealer.seal(secret, tokenSecretPlace(serial, userId));
    const usual = {
      type: "totp",
      algorithm: "sha1",
      digits: 6,
      periodSeconds: 30,
      lastStep: -1,
      driftSteps: 0,
    } as const;
    this.#tokens.set(serial, { ...usual, ...shape, serial, sealedSecret, lastAnswerId: "" });
    this.#serials.set(userId, [...(this.#serials.get(userId) ?? []), serial]);
    return secret;
  }

  /** Gives a user a device, which is a token too. */
  addDevice(userId: UserId, deviceId: string): Buffer {
    this.change(userId, { devices: [...this.#user(userId).devices, deviceId] });
    return this.addToken(userId, deviceSerial(deviceId));
  }

  removeDevice(userId: UserId, deviceId: string): void {
    this.change(userId, { devices: this.#user(userId).devices.filter((other) => other !== deviceId) });
    this.#tokens.delete(deviceSerial(deviceId));
  }

  /** Changes what a user has besides tokens. */
  change(userId: UserId, changed: Partial<Omit<UserFactors, "tokens">>): void {
    this.#users.set(userId, { ...this.#user(userId), ...changed });
  }

  /** Takes the secret of one token for another: what somebody with write access to the database might try. */
  swapSecret(serial: string, from: string): void {
    const [token, other] = [this.#tokens.get(serial), this.#tokens.get(from)];
    if (token && other) this.#tokens.set(serial, { ...token, sealedSecret: other.sealedSecret });
  }

  setEnabled(userId: UserId, enabled: boolean): void {
    this.change(userId, { enabled });
  }

  async find(userId: UserId): Promise<UserFactors> {
    const serials = this.#serials.get(userId) ?? [];
    const tokens = serials.map((serial) => this.#tokens.get(serial)).filter((token) => token !== undefined);
    const user = this.#user(userId);
    return { ...user, groups: this.groups.get(userId) ?? user.groups, tokens };
  }

  async useStep(use: StepUse): Promise<boolean> {
    const token = this.#tokens.get(use.serial);
    if (token === undefined || use.step < token.lastStep) return false;
    if (use.step === token.lastStep) return use.answerId === token.lastAnswerId;
    const { step: lastStep, answerId: lastAnswerId, driftSteps } = use;
    this.#tokens.set(use.serial, { ...token, lastStep, lastAnswerId, driftSteps });
    this.taken.push(use);
    return true;
  }

  async useBypass({ bypassId, loginId }: BypassUse): Promise<boolean> {
    const usedBy = this.usedBypasses.get(bypassId);
    if (usedBy !== undefined) return usedBy === loginId;
    const given = [...this.#users].find(([, { bypass }]) => bypass?.bypassId === bypassId);
    if (given === undefined) return false;
    this.change(given[0], { bypass: undefined });
    this.usedBypasses.set(bypassId, loginId);
    return true;
  }

  #user(userId: UserId): UserFactors {
    return this.#users.get(userId) ?? UNKNOWN_USER;
  }
}
