import { type Database, query } from "@portcullis/kit";
import { loginNameOf } from "@portcullis/login";
import type { AuditedLogin, FraudRecords, ListedBlock, ListedReport, Wanted } from "../../application/ports.js";
import type { FraudChannel } from "../../domain/fraud-report.js";
import { actorOf, BLOCK_COLUMNS, type BlockRow, blockOf } from "./block-rows.js";

const REPORTS = `
  select report_id, user_id, user_name, login_name, login_id, client, application, station, source_address, channel, operator,
    note, reported_at_ms::text, block_id
  from fraud_reporter.fraud_reports
  where ($1::text is null or login_name = $1) and reported_at_ms >= $2::bigint order by reported_at_ms desc limit $3`;
/** The name that a user has now; for one whom we do not know, that of her report. */
const BLOCKS = `
  select ${BLOCK_COLUMNS}, block.ended_at_ms::text, block.ended_by_kind, block.ended_by_name, block.end_reason,
    coalesce(known.login_name, reported.login_name, '') as login_name
  from fraud_reporter.blocks as block
  left join fraud_reporter.users as known on known.user_id = block.user_id
  left join fraud_reporter.fraud_reports as reported on reported.report_id = block.block_id
  where ($1::text is null or coalesce(known.login_name, reported.login_name, '') = $1)
    and (block.ended_at_ms is null or ($2::boolean and block.ended_at_ms >= $3::bigint))
  order by block.from_ms desc limit $4`;
const LOGIN = `
  select user_id, user_name, client, station, source_address from fraud_reporter.audit
  where login_id = $1 and kind = 'login'`;

interface ReportRow {
  readonly report_id: string;
  readonly user_id: string;
  readonly user_name: string;
  readonly login_name: string;
  readonly login_id: string;
  readonly client: string;
  readonly application: string;
  readonly station: string;
  readonly source_address: string;
  readonly channel: FraudChannel;
  readonly operator: string;
  readonly note: string;
  readonly reported_at_ms: string;
  readonly block_id: string;
}

interface ListedBlockRow extends BlockRow {
  readonly ended_at_ms: string | null;
  readonly ended_by_kind: string;
  readonly ended_by_name: string;
  readonly end_reason: string;
  readonly login_name: string;
}

interface LoginRow {
  readonly user_id: string;
  readonly user_name: string;
  readonly client: string;
  readonly station: string;
  readonly source_address: string;
}

/** What people ask about reports and blocks. */
export class PostgresFraudRecords implements FraudRecords {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async reports({ userName, sinceMs = 0, limit }: Wanted): Promise<readonly ListedReport[]> {
    const rows = await query<ReportRow>(this.#db, REPORTS, [nameOrNull(userName), sinceMs, limit]);
    return rows.map((row) => ({
      report: {
        reportId: row.report_id,
        userId: row.user_id,
        userName: row.user_name,
        loginId: row.login_id,
        client: row.client,
        application: row.application,
        station: row.station,
        sourceAddress: row.source_address,
        channel: row.channel,
        reportedAtMs: Number(row.reported_at_ms),
        operator: row.operator,
        note: row.note,
      },
      loginName: row.login_name,
      blockId: row.block_id,
    }));
  }

  async blocks({ userName, sinceMs = 0, limit }: Wanted, history: boolean): Promise<readonly ListedBlock[]> {
    const rows = await query<ListedBlockRow>(this.#db, BLOCKS, [nameOrNull(userName), history, sinceMs, limit]);
    return rows.map((row) => ({ block: blockOf(row), loginName: row.login_name, end: endOf(row) }));
  }

  async login(loginId: string): Promise<AuditedLogin | undefined> {
    const [row] = await query<LoginRow>(this.#db, LOGIN, [loginId]);
    if (row === undefined) return undefined;
    const { client, station } = row;
    return { userId: row.user_id, userName: row.user_name, client, station, sourceAddress: row.source_address };
  }
}

const nameOrNull = (userName: string | undefined) => (userName === undefined ? null : loginNameOf(userName));

function endOf(row: ListedBlockRow): ListedBlock["end"] {
  if (row.ended_at_ms === null) return undefined;
  return { atMs: Number(row.ended_at_ms), by: actorOf(row.ended_by_kind, row.ended_by_name), reason: row.end_reason };
}
