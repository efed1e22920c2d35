import type { AuditedOutcome, AuditHead, AuditRow } from "../domain/audit-row.js";

/** Given the chain's end and the outcomes that are not in it yet, makes the rows to append. */
export type MakeRows = (head: AuditHead, outcomes: readonly AuditedOutcome[]) => readonly AuditRow[];

/** The audit's rows. Append-only. */
export interface AuditTrail {
  /**
   * Appends outcomes whose login has no row yet, in one transaction, while nobody else appends. A login that has a row
   * keeps it: a redelivered or later outcome of the same login changes nothing.
   * @returns the chain's end after it
   */
  append(outcomes: readonly AuditedOutcome[], makeRows: MakeRows): Promise<AuditHead>;
  /** Where the chain ends, as it is written down beside the rows. */
  head(): Promise<AuditHead>;
  /** Rows after `sequence` in their order, at most `limit`. */
  rowsAfter(sequence: number, limit: number): Promise<readonly AuditRow[]>;
}
