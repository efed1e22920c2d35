import type { Clock, Log, Sealer } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { pinPlace } from "../domain/pin-rules.js";
import type { KeptPin, Pins, SlowHasher } from "./factor-ports.js";

/** `must-change`, `expired`: it is right, and may only be used to set another one. */
export type PinCheck = "right" | "wrong" | "must-change" | "expired" | "none";

export interface CheckPinParts {
  readonly pins: Pick<Pins, "find">;
  readonly hasher: SlowHasher;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Log;
}

/** Longer than any PIN: nothing is learnt from the rest of a text that is none. */
const MAX_TYPED_CHARACTERS = 64;

/**
 * Checks a PIN: one slow hash on another thread, whether the user has one or not, so that the time tells nothing. Rejects with
 * `Unavailable` when the database is away or too many hashes wait.
 */
export class CheckPin {
  readonly #parts: CheckPinParts;

  constructor(parts: CheckPinParts) {
    this.#parts = parts;
  }

  async execute({ userId, pin }: { readonly userId: UserId; readonly pin: string }): Promise<PinCheck> {
    const { pins, hasher } = this.#parts;
    const kept = await pins.find(userId);
    const hash = kept === undefined ? undefined : this.#hashOf(kept);
    const fits = await hasher.verify(hash ?? hasher.decoy, Buffer.from(pin.slice(0, MAX_TYPED_CHARACTERS)));
    if (kept === undefined) return "none";
    if (hash === undefined || !fits) return "wrong";
    return this.#standingOf(kept);
  }

  #hashOf({ userId, sealedHashes }: KeptPin): string | undefined {
    const { sealer, log } = this.#parts;
    const hashes = sealer.open(sealedHashes, pinPlace(userId));
    // Fail closed: a hash that was not sealed for this user is none of hers.
    if (hashes === undefined) log.error("pin.unreadable", { userId });
    return hashes?.toString().split("\n")[0];
  }

  #standingOf({ mustChange, expiresAtMs }: KeptPin): PinCheck {
    if (mustChange) return "must-change";
    if (expiresAtMs !== undefined && this.#parts.clock.nowMs() >= expiresAtMs) return "expired";
    return "right";
  }
}
