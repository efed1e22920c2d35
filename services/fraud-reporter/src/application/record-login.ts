import { Batcher } from "@portcullis/kit";
import type { LoginOutcome } from "@portcullis/login";
import type { AuditChain } from "../domain/audit-chain.js";
import { type AuditedOutcome, type AuditHead, type AuditRow, auditedOutcomeOf } from "../domain/audit-row.js";
import type { AuditTrail } from "./ports.js";

/** One transaction at a time: the chain has one end. What arrives meanwhile is the next. */
const BATCH = { maxItems: 512, maxInFlight: 1, maxWaiting: 50_000 };

/** Writes one audit row for each login that ended. */
export class RecordLogin {
  readonly #trail: AuditTrail;
  readonly #chain: AuditChain;
  readonly #batcher: Batcher<AuditedOutcome, undefined>;

  constructor(trail: AuditTrail, chain: AuditChain) {
    this.#trail = trail;
    this.#chain = chain;
    this.#batcher = new Batcher((outcomes) => this.#append(outcomes), BATCH);
  }

  /** Resolves when the row is durable. */
  execute(outcome: LoginOutcome): Promise<undefined> {
    return this.#batcher.add(auditedOutcomeOf(outcome));
  }

  async #append(outcomes: readonly AuditedOutcome[]): Promise<readonly undefined[]> {
    await this.#trail.append(outcomes, (head, fresh) => chainRows(this.#chain, head, fresh));
    return outcomes.map(() => undefined);
  }
}

function chainRows(chain: AuditChain, head: AuditHead, outcomes: readonly AuditedOutcome[]): AuditRow[] {
  const rows: AuditRow[] = [];
  let end = head;
  for (const outcome of outcomes) {
    const row = chain.append(end, outcome);
    rows.push(row);
    end = row;
  }
  return rows;
}
