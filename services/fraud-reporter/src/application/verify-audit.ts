import type { AuditChain } from "../domain/audit-chain.js";
import { type AuditHead, EMPTY_HEAD } from "../domain/audit-row.js";
import type { AuditTrail } from "./ports.js";

const PAGE_ROWS = 2_000;

export type AuditReport =
  | { readonly intact: true; readonly rows: number; readonly head: AuditHead }
  | {
      readonly intact: false;
      /** Rows that are right, from the beginning. */
      readonly rows: number;
      /** The first sequence number at which the chain is broken. */
      readonly brokenAt: number;
      readonly reason: string;
    };

/** Recomputes the chain from its first row to its end. */
export class VerifyAudit {
  readonly #trail: AuditTrail;
  readonly #chain: AuditChain;

  constructor(trail: AuditTrail, chain: AuditChain) {
    this.#trail = trail;
    this.#chain = chain;
  }

  /**
   * @param witness an end of the chain that was exported earlier (log event `audit.head`): a chain that was rewritten or cut
   * off since then, even by someone with the key, no longer has it
   */
  async execute(witness?: AuditHead): Promise<AuditReport> {
    // The end is read first: rows that are appended meanwhile are no break.
    const claimed = await this.#trail.head();
    let end = EMPTY_HEAD;
    let seen = witness === undefined || witness.sequence === 0;
    for (;;) {
      const rows = await this.#trail.rowsAfter(end.sequence, PAGE_ROWS);
      for (const row of rows) {
        if (!this.#chain.follows(end, row)) return broken(end, "The row does not follow from the one before it.");
        end = { sequence: row.sequence, mac: row.mac };
        if (claimed.sequence === end.sequence && claimed.mac !== end.mac)
          return broken(end, "The end is not this row's.");
        if (witness?.sequence === end.sequence) {
          if (witness.mac !== end.mac) return broken(end, "The row is not the one that was exported earlier.");
          seen = true;
        }
      }
      if (rows.length < PAGE_ROWS) break;
    }
    if (end.sequence < claimed.sequence) return broken(end, `Rows up to ${claimed.sequence} are missing.`);
    if (!seen) return broken(end, `Rows up to ${witness?.sequence}, exported earlier, are missing.`);
    return { intact: true, rows: end.sequence, head: end };
  }
}

function broken(end: AuditHead, reason: string): AuditReport {
  return { intact: false, rows: end.sequence, brokenAt: end.sequence + 1, reason };
}
