import { decodeBase32, type TokenEntry, type UserEntry } from "@portcullis/configuration";
import type { KeyedDigest, Sealer } from "@portcullis/kit";
import { fileUserIdOf, type UserId } from "@portcullis/login";
import type { Phones } from "../domain/phones.js";
import { userPhonesPlace } from "../domain/user-factors.js";
import type { ImportedToken, ImportedUser, PhonesCodec } from "./factor-ports.js";
import { sealedToken } from "./sealed-token.js";

/** Turns entries of the configuration file into what is kept of them: under the user's id, secrets and numbers sealed. */
export class FileEntries {
  readonly #sealer: Sealer;
  readonly #digest: KeyedDigest;
  readonly #phones: Pick<PhonesCodec, "encode">;

  constructor(sealer: Sealer, digest: KeyedDigest, phones: Pick<PhonesCodec, "encode">) {
    this.#sealer = sealer;
    this.#digest = digest;
    this.#phones = phones;
  }

  tokensOf({ loginName, tokens }: UserEntry): ImportedToken[] {
    if (tokens.length === 0) return [];
    const userId = fileUserIdOf(this.#digest, loginName);
    return tokens.map((token) => this.#tokenOf(token, userId));
  }

  /** @returns undefined where the file says nothing that is not so for everybody */
  userOf(user: UserEntry): ImportedUser | undefined {
    const phones = phonesOf(user);
    const { language, methods, defaultMethod, smsMode, voiceMode, appMode } = user;
    const modes = { sms: smsMode, voice: voiceMode, app: appMode };
    const isUsual = phones === undefined && language === "en" && methods === undefined && defaultMethod === undefined;
    if (isUsual && smsMode === "one-way" && voiceMode === "standard" && appMode === "standard") return undefined;
    const userId = fileUserIdOf(this.#digest, user.loginName);
    const sealedPhones = phones && this.#sealer.seal(this.#phones.encode(phones), userPhonesPlace(userId));
    return { userId, loginName: user.loginName, sealedPhones, language, allowedMethods: methods, defaultMethod, modes };
  }

  #tokenOf(token: TokenEntry, userId: UserId): ImportedToken {
    const { serial, type, algorithm, digits, periodSeconds, counter } = token;
    const secret = decodeBase32(token.secret.reveal());
    if (secret === undefined) throw new Error(`The secret of token ${serial} passed the check and is no base32.`);
    const brought = { serial, type, secret, algorithm, digits, periodSeconds, counter };
    return sealedToken({ sealer: this.#sealer, digest: this.#digest }, brought, userId);
  }
}

/** @returns undefined for a user without a phone */
export function phonesOf({ phone, backupPhone }: UserEntry): Phones | undefined {
  const [first, backup] = [phone?.reveal(), backupPhone?.reveal()];
  if (first === undefined && backup === undefined) return undefined;
  return {
    number: first?.number ?? "",
    extension: first?.extension ?? "",
    backupNumber: backup?.number ?? "",
    backupExtension: backup?.extension ?? "",
  };
}
