import type { Clock, Log, Random } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { Bypasses, GivenBypass, PastBypass } from "./factor-ports.js";

export interface WantedBypass {
  readonly userId: UserId;
  readonly reason: string;
  readonly givenBy: string;
  readonly seconds: number;
}

export const DEFAULT_BYPASS_SECONDS = 300;
/** A day: what has to last longer is another token, or another phone. */
export const MAX_BYPASS_SECONDS = 86_400;
/** How many a list has. */
const MAX_LISTED = 200;
const ID_BYTES = 16;

export interface OneTimeBypassesParts {
  readonly bypasses: Bypasses;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Lets a user in once without a second factor, for a short while. What was given, by whom and why, stays on record. */
export class OneTimeBypasses {
  readonly #parts: OneTimeBypassesParts;

  constructor(parts: OneTimeBypassesParts) {
    this.#parts = parts;
  }

  async give({ seconds, ...wanted }: WantedBypass): Promise<GivenBypass> {
    const { bypasses, clock, random, log } = this.#parts;
    const givenAtMs = clock.nowMs();
    const bypassId = Buffer.from(random.bytes(ID_BYTES)).toString("hex");
    const bypass = { ...wanted, bypassId, givenAtMs, untilMs: givenAtMs + seconds * 1_000 };
    await bypasses.give(bypass);
    log.warn("bypass.given", { bypassId, userId: bypass.userId, givenBy: bypass.givenBy, untilMs: bypass.untilMs });
    return bypass;
  }

  /** @returns false when she has none that is not used yet */
  async remove(userId: UserId): Promise<boolean> {
    const removed = await this.#parts.bypasses.remove(userId, this.#parts.clock.nowMs());
    if (removed) this.#parts.log.info("bypass.removed", { userId });
    return removed;
  }

  /** The newest first, of one user or of all. */
  list(userId?: UserId): Promise<readonly PastBypass[]> {
    return this.#parts.bypasses.list(MAX_LISTED, userId);
  }
}
