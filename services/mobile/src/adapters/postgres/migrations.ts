import type { Migrations } from "@portcullis/kit";
import { sql } from "kysely";

/** The schema of this service; queries written by hand name it. */
export const SCHEMA = "mobile";

/** The tables of this service. A migration that was released is never changed. */
export const MIGRATIONS: Migrations = {
  "0001_devices": {
    up: async (db) => {
      await db.schema
        .createTable("users")
        .addColumn("user_id", "text", (column) => column.primaryKey())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("login_name", "text", (column) => column.notNull())
        .addColumn("enabled", "boolean", (column) => column.notNull())
        .addColumn("generation", "bigint", (column) => column.notNull())
        .execute();
      // Not unique: of two users who exchange their names one arrives first.
      await db.schema.createIndex("users_login_name").on("users").column("login_name").execute();
      await db.schema
        .createTable("devices")
        .addColumn("device_id", "text", (column) => column.primaryKey())
        .addColumn("user_id", "text", (column) => column.notNull())
        .addColumn("generation", "bigint", (column) => column.notNull())
        .addColumn("announced_generation", "bigint", (column) => column.notNull().defaultTo(0))
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("platform", "text", (column) => column.notNull())
        .addColumn("key_x", "text", (column) => column.notNull())
        .addColumn("key_y", "text", (column) => column.notNull())
        .addColumn("active", "boolean", (column) => column.notNull())
        .addColumn("sealed_oath_secret", "bytea", (column) => column.notNull())
        .addColumn("sealed_subscription", "bytea")
        .addColumn("endpoint_digest", "text")
        .addColumn("created_at_ms", "bigint", (column) => column.notNull())
        .addColumn("changed_at_ms", "bigint", (column) => column.notNull())
        .addColumn("seen_at_ms", "bigint", (column) => column.notNull())
        .execute();
      await db.schema.createIndex("devices_user_id").on("devices").column("user_id").execute();
      const devices = sql.table(`${SCHEMA}.devices`);
      await sql`create index devices_unannounced on ${devices} (changed_at_ms) where generation > announced_generation`.execute(
        db,
      );
      await db.schema
        .createTable("activations")
        .addColumn("code_digest", "text", (column) => column.primaryKey())
        .addColumn("user_id", "text", (column) => column.notNull())
        .addColumn("expires_at_ms", "bigint", (column) => column.notNull())
        .execute();
      await db.schema.createIndex("activations_user_id").on("activations").column("user_id").execute();
      await db.schema.createIndex("activations_expires").on("activations").column("expires_at_ms").execute();
    },
  },
};
