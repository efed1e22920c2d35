import { type Database, query } from "@portcullis/kit";
import { loginNameOf } from "@portcullis/login";
import type { ListedSessions, SessionStore } from "../../application/ports.js";
import { afterRecord, type Session, type SessionRecord } from "../../domain/session.js";

/** One writer at a time over all replicas, until its transaction ends: what is read is what is changed. */
const LOCK = "select pg_advisory_xact_lock(hashtext('fraud_reporter.sessions'))";
const COLUMNS = `client, nas, session_id, run, user_name, station, called_station, framed_address, class, source_address,
  started_at_ms::text, heard_at_ms::text, ended_at_ms::text, ended_by, input_octets::text, output_octets::text, seconds::text,
  start_record_id`;
const NEWEST = `
  select distinct on (client, nas, session_id) ${COLUMNS} from fraud_reporter.sessions
  where (client, nas, session_id) in (select wanted.* from unnest($1::text[], $2::text[], $3::text[]) as wanted)
  order by client, nas, session_id, run desc`;
const PUT = `
  insert into fraud_reporter.sessions as kept (client, nas, session_id, run, user_name, login_name, station, called_station,
    framed_address, class, source_address, started_at_ms, heard_at_ms, ended_at_ms, ended_by, input_octets, output_octets,
    seconds, start_record_id)
  select row.* from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::text[], $16::numeric[],
    $17::numeric[], $18::bigint[], $19::text[]) as row
  on conflict (client, nas, session_id, run) do update set
    user_name = excluded.user_name, login_name = excluded.login_name, station = excluded.station,
    called_station = excluded.called_station, framed_address = excluded.framed_address, class = excluded.class,
    started_at_ms = excluded.started_at_ms, heard_at_ms = excluded.heard_at_ms, ended_at_ms = excluded.ended_at_ms,
    ended_by = excluded.ended_by, input_octets = excluded.input_octets, output_octets = excluded.output_octets,
    seconds = excluded.seconds, start_record_id = excluded.start_record_id`;
/**
 * A NAS that has started anew has lost its sessions, and nobody knows when: each ends when it was last heard of. One that is
 * about to end ends them now. What began after that is not touched, whatever comes late.
 */
const END_OF_NAS = `
  update fraud_reporter.sessions
  set ended_at_ms = case when $3 = 'nas-on' then least(heard_at_ms, $4::bigint) else $4::bigint end, ended_by = $3
  where client = $1 and nas = $2 and ended_at_ms is null and started_at_ms <= $4::bigint`;
const OPEN = `
  select ${COLUMNS} from fraud_reporter.sessions
  where ended_at_ms is null and ($1::text is null or login_name = $1) order by started_at_ms desc limit $2`;
const CLOSED = `
  select ${COLUMNS} from fraud_reporter.sessions
  where ended_at_ms is not null and ($1::text is null or login_name = $1) order by ended_at_ms desc limit $2`;
const COUNT_OPEN = `
  select count(*)::text as count from fraud_reporter.sessions
  where ended_at_ms is null and ($1::text is null or login_name = $1)`;
const FORGET = `
  delete from fraud_reporter.sessions where (client, nas, session_id, run) in
    (select client, nas, session_id, run from fraud_reporter.sessions where heard_at_ms < $1 order by heard_at_ms limit $2)
  returning run`;

interface SessionRow {
  readonly client: string;
  readonly nas: string;
  readonly session_id: string;
  readonly run: number;
  readonly user_name: string;
  readonly station: string;
  readonly called_station: string;
  readonly framed_address: string;
  readonly class: string;
  readonly source_address: string;
  readonly started_at_ms: string;
  readonly heard_at_ms: string;
  readonly ended_at_ms: string | null;
  readonly ended_by: string;
  readonly input_octets: string;
  readonly output_octets: string;
  readonly seconds: string;
  readonly start_record_id: string;
}

/** The sessions in PostgreSQL. */
export class PostgresSessionStore implements SessionStore {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async apply(records: readonly SessionRecord[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await query(transaction, LOCK, []);
      for (const part of partsOf(records)) {
        if (Array.isArray(part)) await applyToSessions(transaction, part);
        else await query(transaction, END_OF_NAS, [part.client, part.nas, part.status, part.occurredAtMs]);
      }
    });
  }

  async list(userName: string | undefined, limit: number): Promise<ListedSessions> {
    const loginName = userName === undefined ? null : loginNameOf(userName);
    const [counted] = await query<{ count: string }>(this.#db, COUNT_OPEN, [loginName]);
    const open = await query<SessionRow>(this.#db, OPEN, [loginName, limit]);
    const closed = await query<SessionRow>(this.#db, CLOSED, [loginName, limit]);
    return { openCount: Number(counted?.count ?? 0), open: open.map(sessionOf), closed: closed.map(sessionOf) };
  }

  async forget(heardBeforeMs: number, limit: number): Promise<number> {
    return (await query(this.#db, FORGET, [heardBeforeMs, limit])).length;
  }
}

/** Records of sessions together, and each of a NAS by itself, in their order. */
function partsOf(records: readonly SessionRecord[]): (SessionRecord | SessionRecord[])[] {
  const parts: (SessionRecord | SessionRecord[])[] = [];
  for (const record of records) {
    const last = parts.at(-1);
    if (record.status === "nas-on" || record.status === "nas-off") parts.push(record);
    else if (Array.isArray(last)) last.push(record);
    else parts.push([record]);
  }
  return parts;
}

async function applyToSessions(db: Database<never>, records: readonly SessionRecord[]): Promise<void> {
  const keys = [...new Map(records.map((record) => [keyOf(record), record])).values()];
  const columns = [keys.map(({ client }) => client), keys.map(({ nas }) => nas), keys.map((key) => key.sessionId)];
  const known = (await query<SessionRow>(db, NEWEST, columns)).map(sessionOf);
  const newest = new Map(known.map((session) => [keyOf(session), session]));
  const changed = new Map<string, Session>();
  for (const record of records) {
    const session = afterRecord(newest.get(keyOf(record)), record);
    newest.set(keyOf(record), session);
    changed.set(`${keyOf(record)}\n${session.run}`, session);
  }
  await query(db, PUT, columnsOf([...changed.values()]));
}

/** Nothing of it can hold a line break: what packets say was made printable. */
function keyOf({ client, nas, sessionId }: Pick<Session, "client" | "nas" | "sessionId">): string {
  return `${client}\n${nas}\n${sessionId}`;
}

function columnsOf(sessions: readonly Session[]): unknown[] {
  const of = <Value>(pick: (session: Session) => Value): Value[] => sessions.map(pick);
  return [
    of(({ client }) => client),
    of(({ nas }) => nas),
    of(({ sessionId }) => sessionId),
    of(({ run }) => run),
    of(({ userName }) => userName),
    of(({ userName }) => loginNameOf(userName)),
    of(({ station }) => station),
    of(({ calledStation }) => calledStation),
    of(({ framedAddress }) => framedAddress),
    of((session) => session.class),
    of(({ sourceAddress }) => sourceAddress),
    of(({ startedAtMs }) => startedAtMs),
    of(({ heardAtMs }) => heardAtMs),
    of(({ endedAtMs }) => endedAtMs ?? null),
    of(({ endedBy }) => endedBy),
    of(({ inputOctets }) => String(inputOctets)),
    of(({ outputOctets }) => String(outputOctets)),
    of(({ seconds }) => seconds),
    of(({ startRecordId }) => startRecordId),
  ];
}

function sessionOf(row: SessionRow): Session {
  return {
    client: row.client,
    nas: row.nas,
    sessionId: row.session_id,
    run: row.run,
    userName: row.user_name,
    station: row.station,
    calledStation: row.called_station,
    framedAddress: row.framed_address,
    class: row.class,
    sourceAddress: row.source_address,
    startedAtMs: Number(row.started_at_ms),
    heardAtMs: Number(row.heard_at_ms),
    endedAtMs: row.ended_at_ms === null ? undefined : Number(row.ended_at_ms),
    endedBy: row.ended_by,
    inputOctets: BigInt(row.input_octets),
    outputOctets: BigInt(row.output_octets),
    seconds: Number(row.seconds),
    startRecordId: row.start_record_id,
  };
}
