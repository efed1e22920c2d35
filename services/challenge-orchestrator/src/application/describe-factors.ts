import type { Sealer } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { maskedNumber, type Phones } from "../domain/phones.js";
import { type UserFactors, userPhonesPlace } from "../domain/user-factors.js";
import type { DeviceCopies, PhonesCodec, RecoveryCodes } from "./factor-ports.js";
import type { Factors } from "./ports.js";

/** What a user has, for people: no secret, and of her phones no more than she knows them by. */
export interface DescribedFactors
  extends Pick<
    UserFactors,
    "enabled" | "groups" | "language" | "allowedMethods" | "defaultMethod" | "modes" | "pin" | "bypass"
  > {
  readonly userId: UserId;
  readonly blocked: { readonly untilMs: number | undefined } | undefined;
  readonly phones: readonly string[];
  readonly tokens: readonly DescribedToken[];
  readonly devices: readonly { readonly deviceId: string; readonly name: string }[];
  readonly recoveryCodesLeft: number;
}

interface DescribedToken {
  readonly serial: string;
  readonly type: "totp" | "hotp";
  readonly digits: number;
  readonly driftSteps: number;
  readonly used: boolean;
}

export interface DescribeFactorsParts {
  readonly factors: Pick<Factors, "find">;
  readonly devices: Pick<DeviceCopies, "names">;
  readonly recoveryCodes: Pick<RecoveryCodes, "left">;
  readonly phones: Pick<PhonesCodec, "decode">;
  readonly sealer: Sealer;
}

export class DescribeFactors {
  readonly #parts: DescribeFactorsParts;

  constructor(parts: DescribeFactorsParts) {
    this.#parts = parts;
  }

  async execute(userId: UserId): Promise<DescribedFactors> {
    const { factors, devices, recoveryCodes } = this.#parts;
    const found = await factors.find(userId);
    const names = await devices.names(userId);
    const { enabled, groups, language, allowedMethods, defaultMethod, modes, pin, bypass, blockedUntilMs } = found;
    return {
      userId,
      enabled,
      groups,
      language,
      allowedMethods,
      defaultMethod,
      modes,
      pin,
      bypass,
      blocked: blockedUntilMs === undefined ? undefined : { untilMs: finite(blockedUntilMs) },
      phones: this.#phonesOf(userId, found),
      tokens: found.tokens.map(({ serial, type, digits, driftSteps, lastAnswerId }) => {
        return { serial, type, digits, driftSteps: Math.round(driftSteps), used: lastAnswerId !== "" };
      }),
      devices: found.devices.map((deviceId) => ({ deviceId, name: names.get(deviceId) ?? "" })),
      recoveryCodesLeft: await recoveryCodes.left(userId),
    };
  }

  #phonesOf(userId: UserId, { sealedPhones }: UserFactors): string[] {
    const { sealer, phones } = this.#parts;
    const opened = sealedPhones === undefined ? undefined : sealer.open(sealedPhones, userPhonesPlace(userId));
    return opened === undefined ? [] : shown(phones.decode(opened));
  }
}

function shown({ number, extension, backupNumber, backupExtension }: Phones): string[] {
  const phones = [
    { number, extension },
    { number: backupNumber, extension: backupExtension },
  ];
  return phones.flatMap((phone) =>
    phone.number === "" ? [] : [maskedNumber(phone.number) + (phone.extension === "" ? "" : " x***")],
  );
}

const finite = (ms: number): number | undefined => (Number.isFinite(ms) ? ms : undefined);
