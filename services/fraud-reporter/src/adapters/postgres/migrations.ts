import type { Migrations } from "@portcullis/kit";
import { type QueryExecutorProvider, sql } from "kysely";
import { EMPTY_HEAD } from "../../domain/audit-row.js";

export const SCHEMA = "fraud_reporter";

export const migrations: Migrations = {
  "0001_audit": {
    up: async (db) => {
      await db.schema
        .createTable("audit")
        .addColumn("sequence", "bigint", (column) => column.primaryKey())
        .addColumn("login_id", "text", (column) => column.notNull().unique())
        .addColumn("client", "text", (column) => column.notNull())
        .addColumn("user_id", "text", (column) => column.notNull())
        .addColumn("user_known", "boolean", (column) => column.notNull())
        .addColumn("user_name", "text", (column) => column.notNull())
        .addColumn("station", "text", (column) => column.notNull())
        .addColumn("source_address", "text", (column) => column.notNull())
        .addColumn("verdict", "text", (column) => column.notNull())
        .addColumn("result_code", "text", (column) => column.notNull())
        .addColumn("token_serial", "text", (column) => column.notNull())
        .addColumn("claimed_at_ms", "bigint", (column) => column.notNull())
        .addColumn("decided_at_ms", "bigint", (column) => column.notNull())
        .addColumn("mac", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("audit_head")
        .addColumn("id", "integer", (column) => column.primaryKey())
        .addColumn("sequence", "bigint", (column) => column.notNull())
        .addColumn("mac", "text", (column) => column.notNull())
        .execute();
      const table = sql.table(`${SCHEMA}.audit_head`);
      await sql`insert into ${table} (id, sequence, mac) values (1, 0, ${EMPTY_HEAD.mac})`.execute(db);
    },
  },
  "0002_sessions": {
    up: async (db) => {
      await db.schema
        .createTable("sessions")
        .addColumn("client", "text", (column) => column.notNull())
        .addColumn("nas", "text", (column) => column.notNull())
        .addColumn("session_id", "text", (column) => column.notNull())
        .addColumn("run", "integer", (column) => column.notNull())
        .addColumn("user_name", "text", (column) => column.notNull())
        .addColumn("login_name", "text", (column) => column.notNull())
        .addColumn("station", "text", (column) => column.notNull())
        .addColumn("called_station", "text", (column) => column.notNull())
        .addColumn("framed_address", "text", (column) => column.notNull())
        .addColumn("class", "text", (column) => column.notNull())
        .addColumn("source_address", "text", (column) => column.notNull())
        .addColumn("started_at_ms", "bigint", (column) => column.notNull())
        .addColumn("heard_at_ms", "bigint", (column) => column.notNull())
        .addColumn("ended_at_ms", "bigint")
        .addColumn("ended_by", "text", (column) => column.notNull())
        // Two counters of 32 bits make one of 64, which a bigint with its sign cannot hold.
        .addColumn("input_octets", "numeric(20, 0)", (column) => column.notNull())
        .addColumn("output_octets", "numeric(20, 0)", (column) => column.notNull())
        .addColumn("seconds", "bigint", (column) => column.notNull())
        .addColumn("start_record_id", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("sessions_key", ["client", "nas", "session_id", "run"])
        .execute();
      const table = sql.table(`${SCHEMA}.sessions`);
      await sql`create index sessions_open on ${table} (client, nas) where ended_at_ms is null`.execute(db);
      await sql`create index sessions_open_since on ${table} (started_at_ms) where ended_at_ms is null`.execute(db);
      await sql`create index sessions_ended on ${table} (ended_at_ms) where ended_at_ms is not null`.execute(db);
      await sql`create index sessions_user on ${table} (login_name, started_at_ms)`.execute(db);
      await sql`create index sessions_heard on ${table} (heard_at_ms)`.execute(db);
    },
  },
  "0003_fraud": {
    up: async (db) => {
      // Rows that are there are of logins, and their MACs know nothing of the new columns.
      await sql`
        alter table fraud_reporter.audit
          add column kind text not null default 'login', add column details text not null default ''`.execute(db);
      await createUsers(db);
      await createReports(db);
      await createBlocks(db);
      await sql`
        create table fraud_reporter.mails (
          mail_id text primary key,
          kind text not null,
          recipients text not null,
          language text not null,
          fields text not null,
          requested_at_ms bigint not null,
          told boolean not null default false
        )`.execute(db);
      await sql`create index mails_untold on fraud_reporter.mails (requested_at_ms) where not told`.execute(db);
    },
  },
};

async function createUsers(db: QueryExecutorProvider): Promise<void> {
  await sql`
    create table fraud_reporter.users (
      user_id text primary key, login_name text not null, enabled boolean not null, generation bigint not null
    )`.execute(db);
  await sql`create index users_login_name on fraud_reporter.users (login_name)`.execute(db);
}

async function createReports(db: QueryExecutorProvider): Promise<void> {
  await sql`
    create table fraud_reporter.fraud_reports (
      report_id text primary key,
      user_id text not null,
      user_name text not null,
      login_name text not null,
      login_id text not null,
      client text not null,
      application text not null,
      station text not null,
      source_address text not null,
      channel text not null,
      operator text not null,
      note text not null,
      reported_at_ms bigint not null,
      block_id text not null
    )`.execute(db);
  await sql`create index fraud_reports_at on fraud_reporter.fraud_reports (reported_at_ms)`.execute(db);
  await sql`create index fraud_reports_user on fraud_reporter.fraud_reports (login_name, reported_at_ms)`.execute(db);
}

/** `blocks` has every block that ever was, `user_blocks` what is told of a user: behind `generation` it is to be told anew. */
async function createBlocks(db: QueryExecutorProvider): Promise<void> {
  await sql`
    create table fraud_reporter.blocks (
      block_id text primary key,
      user_id text not null,
      from_ms bigint not null,
      until_ms bigint not null,
      reason text not null,
      by_kind text not null,
      by_name text not null,
      ended_at_ms bigint,
      ended_by_kind text not null default '',
      ended_by_name text not null default '',
      end_reason text not null default ''
    )`.execute(db);
  await sql`
    create unique index blocks_standing on fraud_reporter.blocks (user_id) where ended_at_ms is null`.execute(db);
  await sql`
    create index blocks_with_an_end on fraud_reporter.blocks (until_ms)
      where ended_at_ms is null and until_ms > 0`.execute(db);
  await sql`create index blocks_from on fraud_reporter.blocks (from_ms)`.execute(db);
  await sql`
    create table fraud_reporter.user_blocks (
      user_id text primary key,
      block_id text,
      generation bigint not null default 0,
      told_generation bigint not null default 0
    )`.execute(db);
  await sql`
    create index user_blocks_untold on fraud_reporter.user_blocks (user_id)
      where generation > told_generation`.execute(db);
}
