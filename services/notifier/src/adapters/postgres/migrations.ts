import type { Migrations } from "@portcullis/kit";

/** The schema of this service; queries written by hand name it. */
export const SCHEMA = "notifier";

/** The tables of this service. A migration that was released is never changed. */
export const MIGRATIONS: Migrations = {
  "001-deliveries": {
    up: async (db) => {
      await db.schema
        .createTable("challenges")
        .addColumn("challenge_id", "text", (column) => column.primaryKey())
        .addColumn("login_id", "text", (column) => column.notNull())
        .addColumn("user_id", "text", (column) => column.notNull())
        .addColumn("method", "text", (column) => column.notNull())
        .addColumn("deadline_ms", "bigint", (column) => column.notNull())
        // Null: closed before it was issued.
        .addColumn("sealed_details", "bytea")
        .addColumn("number_digest", "text")
        .addColumn("opened_at_ms", "bigint", (column) => column.notNull())
        .addColumn("attempt", "integer", (column) => column.notNull())
        .addColumn("notice", "text", (column) => column.notNull())
        .addColumn("answered_attempt", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("result", "text")
        .addColumn("leg", "text", (column) => column.notNull().defaultTo("first"))
        .addColumn("call_state", "text", (column) => column.notNull().defaultTo("none"))
        .addColumn("call_changed_at_ms", "bigint", (column) => column.notNull().defaultTo(0))
        .addColumn("call_provider", "text", (column) => column.notNull().defaultTo(""))
        .addColumn("call_reference", "text", (column) => column.notNull().defaultTo(""))
        .addColumn("unheard", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("listening_until_ms", "bigint", (column) => column.notNull().defaultTo(0))
        .execute();
      await db.schema.createIndex("challenges_user_id").on("challenges").column("user_id").execute();
      await db.schema
        .createIndex("challenges_number")
        .on("challenges")
        .columns(["number_digest", "opened_at_ms"])
        .execute();
      // Few of many: looked at every second.
      await db.schema
        .createIndex("challenges_open_calls")
        .on("challenges")
        .columns(["deadline_ms", "call_state"])
        .where("call_state", "in", ["dialling", "ringing", "talking"])
        .execute();
      await db.schema.createIndex("challenges_deadline").on("challenges").column("deadline_ms").execute();
      await db.schema
        .createTable("deliveries")
        .addColumn("challenge_id", "text", (column) => column.notNull())
        .addColumn("step", "text", (column) => column.notNull())
        .addColumn("login_id", "text", (column) => column.notNull())
        .addColumn("user_id", "text", (column) => column.notNull())
        .addColumn("method", "text", (column) => column.notNull())
        .addColumn("recipient", "text", (column) => column.notNull())
        .addColumn("deadline_ms", "bigint", (column) => column.notNull())
        .addColumn("claimed_by", "text", (column) => column.notNull())
        .addColumn("claimed_at_ms", "bigint", (column) => column.notNull())
        .addColumn("provider", "text", (column) => column.notNull().defaultTo(""))
        .addColumn("reference", "text", (column) => column.notNull().defaultTo(""))
        .addColumn("state", "text")
        .addColumn("state_rank", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("settled_at_ms", "bigint", (column) => column.notNull().defaultTo(0))
        .addColumn("told", "boolean", (column) => column.notNull().defaultTo(false))
        .addPrimaryKeyConstraint("deliveries_pkey", ["challenge_id", "step"])
        .execute();
      await db.schema.createIndex("deliveries_reference").on("deliveries").columns(["provider", "reference"]).execute();
      await db.schema.createIndex("deliveries_untold").on("deliveries").columns(["told", "claimed_at_ms"]).execute();
      await db.schema
        .createTable("mails")
        .addColumn("mail_id", "text", (column) => column.primaryKey())
        // Null: it has ended, and nobody needs its words any more.
        .addColumn("sealed_mail", "bytea")
        .addColumn("queued_at_ms", "bigint", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("next_try_at_ms", "bigint", (column) => column.notNull())
        .addColumn("tries", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("provider", "text", (column) => column.notNull().defaultTo(""))
        .execute();
      await db.schema.createIndex("mails_due").on("mails").columns(["state", "next_try_at_ms"]).execute();
    },
  },
};
