import type { Migrations } from "@portcullis/kit";
import { sql } from "kysely";
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
};
