import { Batcher } from "@portcullis/kit";
import type { LoginOutcome } from "@portcullis/login";
import { type AuditChain, chainEntries } from "../domain/audit-chain.js";
import { type AuditEntry, loginEntryOf } from "../domain/audit-row.js";
import type { AuditTrail } from "./ports.js";

/** One transaction at a time: the chain has one end. What arrives meanwhile is the next. */
const BATCH = { maxItems: 512, maxInFlight: 1, maxWaiting: 50_000 };

/** Writes one audit row for each login that ended. */
export class RecordLogin {
  readonly #trail: AuditTrail;
  readonly #chain: AuditChain;
  readonly #batcher: Batcher<AuditEntry, undefined>;

  constructor(trail: AuditTrail, chain: AuditChain) {
    this.#trail = trail;
    this.#chain = chain;
    this.#batcher = new Batcher((entries) => this.#append(entries), BATCH);
  }

  /** Resolves when the row is durable. */
  execute(outcome: LoginOutcome): Promise<undefined> {
    return this.#batcher.add(loginEntryOf(outcome));
  }

  async #append(entries: readonly AuditEntry[]): Promise<readonly undefined[]> {
    await this.#trail.append(entries, (head, fresh) => chainEntries(this.#chain, head, fresh));
    return entries.map(() => undefined);
  }
}
