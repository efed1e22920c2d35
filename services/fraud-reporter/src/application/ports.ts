import type { AuditEntry, AuditHead, AuditRow } from "../domain/audit-row.js";
import type { FraudMail } from "../domain/fraud-mail.js";
import type { FraudReport, FraudRules } from "../domain/fraud-report.js";
import type { Session, SessionRecord } from "../domain/session.js";
import type { BlockChange, BlockEnd, UserBlock } from "../domain/user-block.js";

/** Given the chain's end and the entries that are not in it yet, makes the rows to append. */
export type MakeRows = (head: AuditHead, entries: readonly AuditEntry[]) => readonly AuditRow[];

/** The audit's rows. Append-only. */
export interface AuditTrail {
  /**
   * Appends entries whose id has no row yet, in one transaction, while nobody else appends. A login that has a row keeps it:
   * a redelivered or later outcome of the same login changes nothing.
   * @returns the chain's end after it
   */
  append(entries: readonly AuditEntry[], makeRows: MakeRows): Promise<AuditHead>;
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

/** What is written down together of a report, or of a change of a block: all of it or nothing. */
export interface FraudEffects {
  readonly change: BlockChange | undefined;
  readonly audit: readonly AuditEntry[];
  readonly mail?: FraudMail | undefined;
}

/** What a user is blocked by, and her login name, empty for one we do not know. */
export interface StandingBlock {
  readonly block: UserBlock | undefined;
  readonly loginName: string;
}

/** Reports, blocks, and what is still to be told of them. Nobody else changes the same user meanwhile. */
export interface FraudLedger {
  /**
   * Writes a report and what it leads to, unless it is there.
   * @returns whether it was written now
   */
  take(report: FraudReport, effectsOf: (standing: StandingBlock) => FraudEffects): Promise<boolean>;
  /**
   * Changes a user's block by what stands when nobody else changes it.
   * @param effectsOf undefined: nothing is to change
   * @returns whether anything was
   */
  change(userId: string, effectsOf: (standing: StandingBlock) => FraudEffects | undefined): Promise<boolean>;
  /** Users whose block has run out and is not ended yet; at most `limit`. */
  runOut(nowMs: number, limit: number): Promise<readonly string[]>;
}

/** A user's block as it is to be told; `block` undefined: she is not blocked. */
export interface BlockState {
  readonly userId: string;
  readonly generation: number;
  readonly block: Pick<UserBlock, "untilMs" | "reason"> | undefined;
}

/** What was written down and is still to be told to the other services. */
export interface Outbox {
  /** At most `limit`, as they are now. */
  blocks(limit: number): Promise<readonly BlockState[]>;
  /** Remembers what was told. When it has changed meanwhile, it is to be told once more, so that the newest is told last. */
  blockTold(state: BlockState): Promise<void>;
  mails(limit: number): Promise<readonly FraudMail[]>;
  mailTold(mailId: string): Promise<void>;
}

/** Tells the other services. Resolves when it is durable; rejects with `Unavailable` for "not now". */
export interface FraudEvents {
  fraudReported(report: FraudReport): Promise<void>;
  blockChanged(state: BlockState): Promise<void>;
  mailRequested(mail: FraudMail): Promise<void>;
}

export interface UserCopy {
  readonly userId: string;
  readonly loginName: string;
  /** One who was removed is none who is enabled. */
  readonly enabled: boolean;
  readonly generation: bigint;
}

/** Our copy of the users: whom a name means. */
export interface UserCopies {
  /** One that is as old as what is there, or older, changes nothing. */
  keep(user: UserCopy): Promise<void>;
  /** @param userName in any of its forms. More than one only when users are named alike; who is enabled comes first. */
  named(userName: string): Promise<readonly UserCopy[]>;
}

/** What the audit knows of a login: the context of a report that an operator makes of it. */
export interface AuditedLogin {
  readonly userId: string;
  readonly userName: string;
  readonly client: string;
  readonly station: string;
  readonly sourceAddress: string;
}

export interface ListedReport {
  readonly report: FraudReport;
  readonly loginName: string;
  /** What its user was blocked by then; empty for nothing. */
  readonly blockId: string;
}

export interface ListedBlock {
  readonly block: UserBlock;
  readonly loginName: string;
  readonly end: BlockEnd | undefined;
}

export interface Wanted {
  /** In any of its forms; undefined for everybody. */
  readonly userName?: string | undefined;
  readonly sinceMs?: number | undefined;
  readonly limit: number;
}

/** What was written down, for people; the newest first. */
export interface FraudRecords {
  reports(wanted: Wanted): Promise<readonly ListedReport[]>;
  /** @param history also those that have ended */
  blocks(wanted: Wanted, history: boolean): Promise<readonly ListedBlock[]>;
  login(loginId: string): Promise<AuditedLogin | undefined>;
}

/** What the configuration says now. */
export interface FraudSettings {
  readonly rules: FraudRules;
}
