import { type Database, query } from "@portcullis/kit";
import type { AuditTrail, MakeRows } from "../../application/ports.js";
import type { AuditEntry, AuditHead, AuditRow } from "../../domain/audit-row.js";

const LOCK_HEAD = "select sequence::text, mac from fraud_reporter.audit_head where id = 1 for update";
const READ_HEAD = "select sequence::text, mac from fraud_reporter.audit_head where id = 1";
const MOVE_HEAD = "update fraud_reporter.audit_head set sequence = $1, mac = $2 where id = 1";
const KNOWN = "select login_id from fraud_reporter.audit where login_id = any($1::text[])";
const INSERT = `
  insert into fraud_reporter.audit (sequence, login_id, client, user_id, user_known, user_name, station, source_address,
    verdict, result_code, token_serial, claimed_at_ms, decided_at_ms, mac, kind, details)
  select row.* from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::text[], $15::text[],
    $16::text[]) as row`;
/** Nothing, unless the head is where we left it; fails when one of the entries has a row. */
const INSERT_BEHIND_OURS = `
  with moved as (
    update fraud_reporter.audit_head set sequence = $17, mac = $18 where id = 1 and sequence = $19 and mac = $20 returning id
  ), written as (${INSERT} cross join moved)
  select id from moved`;
const UNIQUE_VIOLATION = "23505";
const AFTER = `
  select sequence::text, login_id, client, user_id, user_known, user_name, station, source_address, verdict, result_code,
    token_serial, claimed_at_ms::text, decided_at_ms::text, mac, kind, details
  from fraud_reporter.audit as row where row.sequence > $1 order by row.sequence limit $2`;

interface HeadRecord {
  readonly sequence: string;
  readonly mac: string;
}

interface IdRecord {
  /** The login's, or what another kind has for an id. */
  readonly login_id: string;
}

interface RowRecord extends IdRecord {
  readonly sequence: string;
  readonly client: string;
  readonly user_id: string;
  readonly user_known: boolean;
  readonly user_name: string;
  readonly station: string;
  readonly source_address: string;
  readonly verdict: string;
  readonly result_code: string;
  readonly token_serial: string;
  readonly claimed_at_ms: string;
  readonly decided_at_ms: string;
  readonly mac: string;
  readonly kind: string;
  readonly details: string;
}

/**
 * The audit in PostgreSQL. The row of the head is the lock: replicas append one after the other. Who appended last tries
 * one statement first, that goes through if nobody else did meanwhile and nothing comes again.
 */
export class PostgresAuditTrail implements AuditTrail {
  readonly #db: Database<never>;
  /** Where the last append of this process left the chain. */
  #ours: AuditHead | undefined;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async append(entries: readonly AuditEntry[], makeRows: MakeRows): Promise<AuditHead> {
    const ours = this.#ours;
    this.#ours = undefined;
    const appended = ours === undefined ? undefined : await this.#appendBehind(ours, eachOnce(entries), makeRows);
    this.#ours = appended ?? (await this.#appendLocked(entries, makeRows));
    return this.#ours;
  }

  /** @returns undefined when nothing was written: the head has moved, or an entry has a row already. */
  async #appendBehind(
    head: AuditHead,
    entries: readonly AuditEntry[],
    makeRows: MakeRows,
  ): Promise<AuditHead | undefined> {
    const rows = makeRows(head, entries);
    const last = rows.at(-1);
    if (last === undefined) return head;
    const parameters = [...columnsOf(rows), last.sequence, last.mac, head.sequence, head.mac];
    try {
      const moved = await query(this.#db, INSERT_BEHIND_OURS, parameters);
      return moved.length === 0 ? undefined : { sequence: last.sequence, mac: last.mac };
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === UNIQUE_VIOLATION) return undefined;
      throw error;
    }
  }

  #appendLocked(entries: readonly AuditEntry[], makeRows: MakeRows): Promise<AuditHead> {
    return this.#db.transaction().execute((transaction) => appendWithin(transaction, entries, makeRows));
  }

  head(): Promise<AuditHead> {
    return readHead(this.#db, READ_HEAD);
  }

  async rowsAfter(sequence: number, limit: number): Promise<readonly AuditRow[]> {
    return (await query<RowRecord>(this.#db, AFTER, [sequence, limit])).map(rowOf);
  }
}

/** Appends as a part of what else a transaction does; the chain is locked until it ends. */
export async function appendWithin(
  transaction: Database<never>,
  entries: readonly AuditEntry[],
  makeRows: MakeRows,
): Promise<AuditHead> {
  const head = await readHead(transaction, LOCK_HEAD);
  const fresh = await withoutRow(transaction, eachOnce(entries));
  const rows = makeRows(head, fresh);
  const last = rows.at(-1);
  if (last === undefined) return head;
  await query(transaction, INSERT, columnsOf(rows));
  await query(transaction, MOVE_HEAD, [last.sequence, last.mac]);
  return { sequence: last.sequence, mac: last.mac };
}

async function readHead(db: Database<never>, text: string): Promise<AuditHead> {
  const [record] = await query<HeadRecord>(db, text, []);
  if (record === undefined) throw new Error("The head of the audit is missing: somebody removed it.");
  return { sequence: Number(record.sequence), mac: record.mac };
}

/** The first of each id. */
function eachOnce(entries: readonly AuditEntry[]): AuditEntry[] {
  const byId = new Map<string, AuditEntry>();
  for (const entry of entries) if (!byId.has(entry.id)) byId.set(entry.id, entry);
  return [...byId.values()];
}

/** Those that have no row. */
async function withoutRow(db: Database<never>, entries: readonly AuditEntry[]): Promise<AuditEntry[]> {
  const ids = entries.map(({ id }) => id);
  const known = new Set((await query<IdRecord>(db, KNOWN, [ids])).map((record) => record.login_id));
  return entries.filter(({ id }) => !known.has(id));
}

function columnsOf(rows: readonly AuditRow[]): unknown[] {
  const of = <Value>(pick: (entry: AuditEntry) => Value): Value[] => rows.map((row) => pick(row.entry));
  return [
    rows.map((row) => row.sequence),
    of((entry) => entry.id),
    of((entry) => entry.client),
    of((entry) => entry.userId),
    of((entry) => entry.userKnown),
    of((entry) => entry.userName),
    of((entry) => entry.station),
    of((entry) => entry.sourceAddress),
    of((entry) => entry.verdict),
    of((entry) => entry.resultCode),
    of((entry) => entry.tokenSerial),
    of((entry) => entry.claimedAtMs),
    of((entry) => entry.decidedAtMs),
    rows.map((row) => row.mac),
    of((entry) => entry.kind),
    of((entry) => entry.details),
  ];
}

function rowOf(record: RowRecord): AuditRow {
  return {
    sequence: Number(record.sequence),
    mac: record.mac,
    entry: {
      kind: record.kind,
      id: record.login_id,
      client: record.client,
      userId: record.user_id,
      userKnown: record.user_known,
      userName: record.user_name,
      station: record.station,
      sourceAddress: record.source_address,
      verdict: record.verdict,
      resultCode: record.result_code,
      tokenSerial: record.token_serial,
      claimedAtMs: Number(record.claimed_at_ms),
      decidedAtMs: Number(record.decided_at_ms),
      details: record.details,
    },
  };
}
