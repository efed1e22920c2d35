import type { Clock } from "@portcullis/kit";
import {
  decodeOutcome,
  decodeWaitingExchange,
  encodeOutcome,
  type LoginRef,
  type PendingStore,
  type ResultCode,
  type UserId,
} from "@portcullis/login";
import type { ConcludeHeld } from "./conclude-held.js";
import { isHandedOver } from "./conversations.js";
import { outcomeOf } from "./outcomes.js";
import type { Clients, Factors } from "./ports.js";

/** Somebody's word about a login that waits for it. */
export interface Approval extends LoginRef {
  readonly approved: boolean;
}

export interface FinishHeldParts {
  readonly store: PendingStore;
  readonly concludeHeld: ConcludeHeld;
  readonly clients: Clients;
  readonly factors: Pick<Factors, "find">;
  readonly clock: Clock;
  readonly keepMs: number;
}

const NOTHING = new Uint8Array(0);

/** Ends a held login by the first word that comes for it. Called again it tells the exchanges that waited once more. */
export class FinishHeld {
  readonly #parts: FinishHeldParts;

  constructor(parts: FinishHeldParts) {
    this.#parts = parts;
  }

  async execute(approval: Approval): Promise<void> {
    const { store, concludeHeld, keepMs } = this.#parts;
    const { userId, loginId } = approval;
    const outcome = await this.#outcomeOf(approval);
    if (outcome === undefined) return;
    const finished = await store.finish({ userId, loginId, outcome, keepMs });
    if (finished.kind === "late" || finished.outcome.length === 0 || isHandedOver(finished.outcome)) return;
    await concludeHeld.execute({ userId, loginId }, decodeOutcome(finished.outcome), finished.waiting);
  }

  /** What was so when the login began may not be so any more. */
  async #approvedCode(userId: UserId, client: string): Promise<ResultCode> {
    const { factors, clients } = this.#parts;
    if (!(await factors.find(userId)).enabled) return "FAILED_USER_DISABLED";
    return clients.find(client)?.secondFactor === "manual" ? "SUCCESS_MANUAL" : "FAILED_MANUAL_DENIED";
  }

  /** @returns undefined for a login that nobody approves; of one that has ended, nothing, since its own end stands */
  async #outcomeOf({ userId, loginId, approved }: Approval): Promise<Uint8Array | undefined> {
    const status = await this.#parts.store.inspectLogin({ userId, loginId });
    if (status.kind === "ended") return NOTHING;
    if (status.kind !== "open" || !status.held) return undefined;
    const { context } = decodeWaitingExchange(status.context);
    const resultCode = approved ? await this.#approvedCode(userId, context.client) : "FAILED_MANUAL_DENIED";
    return encodeOutcome(outcomeOf({ context, userId, userKnown: true, resultCode }, this.#parts.clock.nowMs()));
  }
}
