import type { Clock } from "@portcullis/kit";
import {
  decodeWaitingExchange,
  type EndedLogin,
  type LoginOutcome,
  type LoginRef,
  type PendingStore,
} from "@portcullis/login";
import { DISCARD } from "../domain/replies.js";
import type { Challenges } from "./challenges.js";
import type { ConcludeExchange } from "./conclude-exchange.js";
import { loginEntry } from "./due-entries.js";
import type { FinalReplies } from "./final-replies.js";
import { unansweredOutcome } from "./outcomes.js";

export interface ConcludeHeldParts {
  readonly store: PendingStore;
  readonly conclude: ConcludeExchange;
  readonly finalReplies: FinalReplies;
  readonly challenges: Pick<Challenges, "open">;
  readonly clock: Clock;
}

/** The exit of a held login: every exchange that waited is told, then the end is published. Repeatable, as that of one exchange. */
export class ConcludeHeld {
  readonly #parts: ConcludeHeldParts;

  constructor(parts: ConcludeHeldParts) {
    this.#parts = parts;
  }

  async execute(login: LoginRef, outcome: LoginOutcome, waiting: readonly Uint8Array[]): Promise<void> {
    await this.tell(outcome, waiting);
    await this.#parts.conclude.announce([outcome]);
    await this.#parts.store.removeDue([loginEntry(login)]);
  }

  /** Another login has taken its place. */
  superseded(login: EndedLogin): Promise<void> {
    const { challenges, clock } = this.#parts;
    const { userId, loginId } = login;
    const ended = { ...login, kind: "superseded" } as const;
    const outcome = unansweredOutcome(ended, { userId, loginId, userKnown: true }, challenges, clock.nowMs());
    return this.execute(login, outcome, login.waiting);
  }

  /** Of the exchanges of one source only the newest is still waited for: its client has given the others up. */
  async tell(outcome: Pick<LoginOutcome, "verdict" | "userId">, waiting: readonly Uint8Array[]): Promise<void> {
    const { conclude, finalReplies } = this.#parts;
    const sources = Map.groupBy(waiting.map(decodeWaitingExchange), ({ context }) => context.sourceAddress);
    for (const own of sources.values()) {
      const newestAtMs = Math.max(...own.map(({ context }) => context.claimedAtMs));
      for (const exchange of own) {
        const { context } = exchange;
        const isNewest = context.claimedAtMs === newestAtMs;
        const reply = isNewest ? await finalReplies.replyFor(outcome, exchange, context.claimedAtMs) : DISCARD;
        await conclude.tell(context, reply);
      }
    }
  }
}
