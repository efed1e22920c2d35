import { type Database, type Databases, openPostgres, query } from "@portcullis/kit";
import { type PostgresServer, startPostgres } from "@portcullis/testkit";
import { afterAll, beforeAll, describe } from "vitest";
import { migrations, SCHEMA } from "./migrations.js";
import { PostgresAccountStore } from "./postgres-account-store.js";
import { PostgresFilePasswordStore } from "./postgres-file-password-store.js";
import { describeStores, TRUNCATE } from "./stores.contract.js";

describe("stores on PostgreSQL", () => {
  let server: PostgresServer;
  let databases: Databases;
  let db: Database<never>;
  beforeAll(async () => {
    server = await startPostgres();
    databases = openPostgres(await server.createDatabase("accounts"), () => undefined);
    db = await databases.open<never>(SCHEMA, migrations);
  });
  afterAll(async () => {
    await databases.close();
    await server.stop();
  });

  describeStores(async () => {
    await query(db, TRUNCATE, []);
    return { accounts: new PostgresAccountStore(db), passwords: new PostgresFilePasswordStore(db) };
  });
});
