import type { AuditedOutcome, AuditHead, AuditRow } from "../domain/audit-row.js";
import type { Session, SessionRecord } from "../domain/session.js";

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

export interface ListedSessions {
  /** How many are open, listed or not. */
  readonly openCount: number;
  /** The newest first. */
  readonly open: readonly Session[];
  /** Those that ended last first. */
  readonly closed: readonly Session[];
}

/** The sessions that clients told of. */
export interface SessionStore {
  /** Changes the sessions by these records in their order, all or none. Records that come again change nothing. */
  apply(records: readonly SessionRecord[]): Promise<void>;
  /** @param userName in any of its forms; undefined for everybody. At most `limit` of either kind. */
  list(userName: string | undefined, limit: number): Promise<ListedSessions>;
  /** Deletes at most `limit` sessions that nobody has heard of since, open or not. Resolves with how many. */
  forget(heardBeforeMs: number, limit: number): Promise<number>;
}
