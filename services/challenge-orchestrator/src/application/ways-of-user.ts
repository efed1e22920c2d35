import type { Clock } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { decide } from "../domain/policy.js";
import type { Way } from "../domain/way.js";
import type { ClientRules, Factors } from "./ports.js";

/** The ways in which a user may be asked now, in a login that goes on. */
export class WaysOfUser {
  readonly #factors: Pick<Factors, "find">;
  readonly #clock: Clock;

  constructor(factors: Pick<Factors, "find">, clock: Clock) {
    this.#factors = factors;
    this.#clock = clock;
  }

  /** Empty for a user who may not be asked any more. */
  async at(client: ClientRules, userId: UserId, canPrompt: boolean): Promise<readonly Way[]> {
    const factors = { ...(await this.#factors.find(userId)), bypass: undefined };
    const proof = { credential: "password", hasCode: false, station: "", nowMs: this.#clock.nowMs() } as const;
    const shown = { ...client, prompting: canPrompt ? "always" : "never" } as const;
    const decision = decide(shown, { known: true, identityUnproven: false, blockedUntilMs: undefined, factors }, proof);
    return decision.kind === "ask" ? decision.ways : [];
  }
}
