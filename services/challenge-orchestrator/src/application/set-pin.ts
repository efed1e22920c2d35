import { type Clock, fail, type Log, ok, type Result, type Sealer, Unavailable } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { FactorSettings } from "../domain/factor-settings.js";
import { digitsOf } from "../domain/phones.js";
import { type PinTrouble, pinPlace, pinTroubles } from "../domain/pin-rules.js";
import { userPhonesPlace } from "../domain/user-factors.js";
import type { KeptPin, PhonesCodec, Pins, SlowHasher } from "./factor-ports.js";
import type { Factors } from "./ports.js";

/** Why a PIN was not taken; `used-before`: it is one of the last ones. */
export type PinRefusal = PinTrouble | "used-before";

export interface NewPin {
  readonly userId: UserId;
  readonly pin: string;
  /** It may only be used to set another one. */
  readonly mustChange: boolean;
}

export interface SetPinParts {
  readonly pins: Pins;
  readonly factors: Pick<Factors, "find">;
  readonly hasher: SlowHasher;
  readonly sealer: Sealer;
  readonly phones: Pick<PhonesCodec, "decode">;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: FactorSettings;
}

const DAY_MS = 86_400_000;
/** Somebody else changes the PIN of the same user in the same moment; more often than that it is a fault. */
const MAX_ATTEMPTS = 3;

/** Sets a user's PIN, and lets it end. Rejects with `Unavailable` when the database is away or too many hashes wait. */
export class SetPin {
  readonly #parts: SetPinParts;

  constructor(parts: SetPinParts) {
    this.#parts = parts;
  }

  async execute(wanted: NewPin): Promise<Result<undefined, readonly PinRefusal[]>> {
    const { hasher, pins, log } = this.#parts;
    const troubles = pinTroubles(wanted.pin, await this.#phonesOf(wanted.userId));
    if (troubles.length > 0) return fail(troubles);
    const typed = Buffer.from(wanted.pin);
    let hash: string | undefined;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const known = await pins.find(wanted.userId);
      const before = this.#hashesOf(known);
      if (await this.#isAmong(before, typed)) return fail(["used-before"]);
      hash ??= await hasher.hash(typed);
      const kept = await pins.keep([this.#following(known, [hash, ...before], wanted)]);
      if (!kept.has(wanted.userId)) continue;
      log.info("pin.set", { userId: wanted.userId, mustChange: wanted.mustChange });
      return ok(undefined);
    }
    throw new Unavailable("The PIN was changed by others all the time.");
  }

  /** @returns false when she has none */
  async expire(userId: UserId): Promise<boolean> {
    const expired = await this.#parts.pins.expire(userId);
    if (expired) this.#parts.log.info("pin.expired", { userId });
    return expired;
  }

  async #phonesOf(userId: UserId): Promise<readonly string[]> {
    const { factors, sealer, phones } = this.#parts;
    const { sealedPhones } = await factors.find(userId);
    const opened = sealedPhones === undefined ? undefined : sealer.open(sealedPhones, userPhonesPlace(userId));
    return opened === undefined ? [] : digitsOf(phones.decode(opened));
  }

  #hashesOf(known: KeptPin | undefined): string[] {
    const { sealer, settings } = this.#parts;
    if (known === undefined) return [];
    const opened = sealer.open(known.sealedHashes, pinPlace(known.userId));
    return opened === undefined ? [] : opened.toString().split("\n").slice(0, settings.pinHistory);
  }

  async #isAmong(hashes: readonly string[], pin: Uint8Array): Promise<boolean> {
    for (const hash of hashes) if (await this.#parts.hasher.verify(hash, pin)) return true;
    return false;
  }

  #following(known: KeptPin | undefined, hashes: readonly string[], { userId, mustChange }: NewPin): KeptPin {
    const { sealer, settings, clock } = this.#parts;
    const setAtMs = clock.nowMs();
    return {
      userId,
      sealedHashes: sealer.seal(Buffer.from(keptHashes(hashes, settings)), pinPlace(userId)),
      version: (known?.version ?? 0) + 1,
      source: "command",
      fileDigest: known?.fileDigest ?? "",
      setAtMs,
      mustChange,
      expiresAtMs: pinExpiryMs(setAtMs, settings),
    };
  }
}

/** What is kept of a user's hashes, newest first: her PIN, and those that the next one has to differ from. */
export function keptHashes(hashes: readonly string[], { pinHistory }: FactorSettings): string {
  return hashes.slice(0, Math.max(1, pinHistory)).join("\n");
}

export function pinExpiryMs(setAtMs: number, { pinDays }: FactorSettings): number | undefined {
  return pinDays === 0 ? undefined : setAtMs + pinDays * DAY_MS;
}
