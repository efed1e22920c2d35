import { type Database, type Databases, openPglite, query } from "@portcullis/kit";
import { afterAll, beforeAll, describe } from "vitest";
import { migrations, SCHEMA } from "./migrations.js";
import { PostgresUserStore } from "./postgres-user-store.js";
import { describeUserStore } from "./user-store.contract.js";

describe("PostgresUserStore on PGlite", () => {
  let databases: Databases;
  let db: Database<never>;
  beforeAll(async () => {
    databases = await openPglite("memory://");
    db = await databases.open<never>(SCHEMA, migrations);
  });
  afterAll(() => databases.close());

  describeUserStore(async () => {
    await query(db, "truncate directory_sync.users, directory_sync.imports", []);
    return new PostgresUserStore(db);
  });
});
