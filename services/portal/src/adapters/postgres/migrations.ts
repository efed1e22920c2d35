import type { Migrations } from "@portcullis/kit";

export const SCHEMA = "portal";

export const migrations: Migrations = {
  "0001_items": {
    up: async (db) => {
      await db.schema
        .createTable("items")
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("generation", "integer", (column) => column.notNull())
        .addColumn("digest", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("items_pk", ["kind", "name"])
        .execute();
    },
  },
};
