import { type Database, type Databases, openPglite, query } from "@portcullis/kit";
import { afterAll, beforeAll, describe } from "vitest";
import { migrations, SCHEMA } from "./migrations.js";
import { PostgresUserStore } from "./postgres-user-store.js";
import { describeUserStore } from "./user-store.contract.js";

/** A new database takes seconds of one core, and on a busy machine many more. */
const PGLITE_START_MS = 90_000;

describe("PostgresUserStore on PGlite", () => {
  let databases: Databases;
  let db: Database<never>;
  beforeAll(async () => {
    databases = await openPglite("memory://");
    db = await databases.open<never>(SCHEMA, migrations);
  }, PGLITE_START_MS);
  afterAll(() => databases.close());

  describeUserStore(async () => {
    await query(db, "truncate directory_sync.users, directory_sync.imports", []);
    return new PostgresUserStore(db);
  });
});
