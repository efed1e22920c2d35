import { type Database, query } from "@portcullis/kit";
import type { AuditTrail, MakeRows } from "../../application/ports.js";
import type { AuditedOutcome, AuditHead, AuditRow } from "../../domain/audit-row.js";

const LOCK_HEAD = "select sequence::text, mac from fraud_reporter.audit_head where id = 1 for update";
const READ_HEAD = "select sequence::text, mac from fraud_reporter.audit_head where id = 1";
const MOVE_HEAD = "update fraud_reporter.audit_head set sequence = $1, mac = $2 where id = 1";
const KNOWN = "select login_id from fraud_reporter.audit where login_id = any($1::text[])";
const INSERT = `
  insert into fraud_reporter.audit (sequence, login_id, client, user_id, user_known, user_name, station, source_address,
    verdict, result_code, token_serial, claimed_at_ms, decided_at_ms, mac)
  select row.* from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::text[]) as row`;
/** Nothing, unless the head is where we left it; fails when one of the logins has a row. */
const INSERT_BEHIND_OURS = `
  with moved as (
    update fraud_reporter.audit_head set sequence = $15, mac = $16 where id = 1 and sequence = $17 and mac = $18 returning id
  ), written as (${INSERT} cross join moved)
  select id from moved`;
const UNIQUE_VIOLATION = "23505";
const AFTER = `
  select sequence::text, login_id, client, user_id, user_known, user_name, station, source_address, verdict, result_code,
    token_serial, claimed_at_ms::text, decided_at_ms::text, mac
  from fraud_reporter.audit as row where row.sequence > $1 order by row.sequence limit $2`;

interface HeadRecord {
  readonly sequence: string;
  readonly mac: string;
}

interface LoginRecord {
  readonly login_id: string;
}

interface RowRecord extends LoginRecord {
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
}

/**
 * The audit in PostgreSQL. The row of the head is the lock: replicas append one after the other. Who appended last tries
 * one statement first, that goes through if nobody else did meanwhile and no login comes again.
 */
export class PostgresAuditTrail implements AuditTrail {
  readonly #db: Database<never>;
  /** Where the last append of this process left the chain. */
  #ours: AuditHead | undefined;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async append(outcomes: readonly AuditedOutcome[], makeRows: MakeRows): Promise<AuditHead> {
    const ours = this.#ours;
    this.#ours = undefined;
    const appended = ours === undefined ? undefined : await this.#appendBehind(ours, eachOnce(outcomes), makeRows);
    this.#ours = appended ?? (await this.#appendLocked(outcomes, makeRows));
    return this.#ours;
  }

  /** @returns undefined when nothing was written: the head has moved, or a login has a row already. */
  async #appendBehind(
    head: AuditHead,
    outcomes: readonly AuditedOutcome[],
    makeRows: MakeRows,
  ): Promise<AuditHead | undefined> {
    const rows = makeRows(head, outcomes);
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

  #appendLocked(outcomes: readonly AuditedOutcome[], makeRows: MakeRows): Promise<AuditHead> {
    return this.#db.transaction().execute(async (transaction) => {
      const head = await readHead(transaction, LOCK_HEAD);
      const fresh = await withoutRow(transaction, eachOnce(outcomes));
      const rows = makeRows(head, fresh);
      const last = rows.at(-1);
      if (last === undefined) return head;
      await query(transaction, INSERT, columnsOf(rows));
      await query(transaction, MOVE_HEAD, [last.sequence, last.mac]);
      return { sequence: last.sequence, mac: last.mac };
    });
  }

  head(): Promise<AuditHead> {
    return readHead(this.#db, READ_HEAD);
  }

  async rowsAfter(sequence: number, limit: number): Promise<readonly AuditRow[]> {
    return (await query<RowRecord>(this.#db, AFTER, [sequence, limit])).map(rowOf);
  }
}

async function readHead(db: Database<never>, text: string): Promise<AuditHead> {
  const [record] = await query<HeadRecord>(db, text, []);
  if (record === undefined) throw new Error("The head of the audit is missing: somebody removed it.");
  return { sequence: Number(record.sequence), mac: record.mac };
}

/** The first outcome of each login. */
function eachOnce(outcomes: readonly AuditedOutcome[]): AuditedOutcome[] {
  const byLogin = new Map<string, AuditedOutcome>();
  for (const outcome of outcomes) if (!byLogin.has(outcome.loginId)) byLogin.set(outcome.loginId, outcome);
  return [...byLogin.values()];
}

/** The outcomes whose login has no row. */
async function withoutRow(db: Database<never>, outcomes: readonly AuditedOutcome[]): Promise<AuditedOutcome[]> {
  const loginIds = outcomes.map(({ loginId }) => loginId);
  const known = new Set((await query<LoginRecord>(db, KNOWN, [loginIds])).map((record) => record.login_id));
  return outcomes.filter(({ loginId }) => !known.has(loginId));
}

function columnsOf(rows: readonly AuditRow[]): unknown[] {
  const of = <Value>(pick: (outcome: AuditedOutcome) => Value): Value[] => rows.map((row) => pick(row.outcome));
  return [
    rows.map((row) => row.sequence),
    of((outcome) => outcome.loginId),
    of((outcome) => outcome.client),
    of((outcome) => outcome.userId),
    of((outcome) => outcome.userKnown),
    of((outcome) => outcome.userName),
    of((outcome) => outcome.station),
    of((outcome) => outcome.sourceAddress),
    of((outcome) => outcome.verdict),
    of((outcome) => outcome.resultCode),
    of((outcome) => outcome.tokenSerial),
    of((outcome) => outcome.claimedAtMs),
    of((outcome) => outcome.decidedAtMs),
    rows.map((row) => row.mac),
  ];
}

function rowOf(record: RowRecord): AuditRow {
  return {
    sequence: Number(record.sequence),
    mac: record.mac,
    outcome: {
      loginId: record.login_id,
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
    },
  };
}
