import { type Database, type Databases, openPostgres, query } from "@portcullis/kit";
import { type PostgresServer, startPostgres } from "@portcullis/testkit";
import { afterAll, beforeAll, describe } from "vitest";
import { migrations, SCHEMA } from "./migrations.js";
import { PostgresUserStore } from "./postgres-user-store.js";
import { describeUserStore } from "./user-store.contract.js";

describe("PostgresUserStore on PostgreSQL", () => {
  let server: PostgresServer;
  let databases: Databases;
  let db: Database<never>;
  beforeAll(async () => {
    server = await startPostgres();
    databases = openPostgres(await server.createDatabase("users"), () => undefined);
    db = await databases.open<never>(SCHEMA, migrations);
  });
  afterAll(async () => {
    await databases.close();
    await server.stop();
  });

  describeUserStore(async () => {
    await query(db, "truncate directory_sync.users, directory_sync.imports", []);
    return new PostgresUserStore(db);
  });
});
