import type { Migrations } from "@portcullis/kit";
import { sql } from "kysely";
import { addFactors } from "./migrations/003-factors.js";

/** The schema of this service; queries written by hand name it. */
export const SCHEMA = "challenge_orchestrator";

/** The tables of this service. A migration that was released is never changed. */
export const MIGRATIONS: Migrations = {
  "001-tokens": {
    up: async (db) => {
      await db.schema
        .createTable("users")
        .addColumn("user_id", "text", (column) => column.primaryKey())
        .addColumn("login_name", "text", (column) => column.notNull())
        .addColumn("enabled", "boolean", (column) => column.notNull())
        .addColumn("generation", "bigint", (column) => column.notNull())
        .execute();
      // No foreign key: users and tokens arrive independently of each other.
      await db.schema
        .createTable("tokens")
        .addColumn("serial", "text", (column) => column.primaryKey())
        .addColumn("user_id", "text", (column) => column.notNull())
        .addColumn("sealed_secret", "bytea", (column) => column.notNull())
        .addColumn("secret_digest", "text", (column) => column.notNull())
        .addColumn("algorithm", "text", (column) => column.notNull())
        .addColumn("digits", "integer", (column) => column.notNull())
        .addColumn("period_seconds", "integer", (column) => column.notNull())
        .addColumn("last_step", "bigint", (column) => column.notNull().defaultTo(-1))
        .addColumn("last_answer_id", "text", (column) => column.notNull().defaultTo(""))
        .addColumn("source", "text", (column) => column.notNull())
        .addColumn("import_id", "text", (column) => column.notNull())
        // Room in each page, so that a used step is written beside the old row: no index to change, nothing to vacuum.
        .modifyEnd(sql`with (fillfactor = 70)`)
        .execute();
      await db.schema.createIndex("tokens_user_id").on("tokens").column("user_id").execute();
      await db.schema
        .createTable("imports")
        .addColumn("source", "text", (column) => column.primaryKey())
        .addColumn("import_id", "text", (column) => column.notNull())
        .execute();
    },
  },
  "002-groups": {
    up: async (db) => {
      await sql`alter table challenge_orchestrator.users add column groups text[] not null default '{}'`.execute(db);
    },
  },
  "003-factors": { up: (db) => addFactors(db) },
};
