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
};
