import type { Clock } from "@portcullis/kit";
import {
  decodeOutcome,
  decodeWaitingExchange,
  encodeOutcome,
  type LoginRef,
  type PendingStore,
  type UserId,
} from "@portcullis/login";
import type { ChallengeSettings } from "../domain/settings.js";
import type { Challenges } from "./challenges.js";
import type { ConcludeHeld } from "./conclude-held.js";
import { outcomeOf } from "./outcomes.js";

export interface EndLoginsParts {
  readonly store: PendingStore;
  readonly challenges: Challenges;
  readonly concludeHeld: ConcludeHeld;
  readonly settings: ChallengeSettings;
  readonly clock: Clock;
}

/** A user is blocked: whatever is open of hers ends, and nobody is waited for any more. */
export class EndLogins {
  readonly #parts: EndLoginsParts;

  constructor(parts: EndLoginsParts) {
    this.#parts = parts;
  }

  async ofBlocked(userId: UserId): Promise<void> {
    for (const login of await this.#parts.store.openLogins(userId)) await this.#end(login);
  }

  async #end(login: LoginRef): Promise<void> {
    const { store, challenges, concludeHeld, settings, clock } = this.#parts;
    const status = await store.inspectLogin(login);
    if (status.kind !== "open") return;
    const { context } = decodeWaitingExchange(status.context);
    const challenge = challenges.open(login.loginId, status.challenge);
    const end = {
      context,
      userId: login.userId,
      userKnown: true,
      resultCode: "FAILED_USER_BLOCKED",
      challenge,
    } as const;
    const outcome = encodeOutcome(outcomeOf(end, clock.nowMs()));
    const finished = await store.finish({ ...login, outcome, keepMs: settings.keepMs });
    if (finished.kind !== "finished") return;
    await concludeHeld.execute(login, decodeOutcome(finished.outcome), finished.waiting);
  }
}
