import { type Database, type Databases, openPglite, query } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrations, SCHEMA } from "./migrations.js";
import { PostgresAccountStore } from "./postgres-account-store.js";
import { PostgresFilePasswordStore } from "./postgres-file-password-store.js";
import { PostgresLearntServers } from "./postgres-learnt-servers.js";
import { describeStores, TRUNCATE } from "./stores.contract.js";

/** A new database takes seconds of one core, and on a busy machine many more. */
const PGLITE_START_MS = 90_000;

describe("stores on PGlite", () => {
  let databases: Databases;
  let db: Database<never>;
  beforeAll(async () => {
    databases = await openPglite("memory://");
    db = await databases.open<never>(SCHEMA, migrations);
  }, PGLITE_START_MS);
  afterAll(() => databases.close());

  describeStores(async () => {
    await query(db, TRUNCATE, []);
    return { accounts: new PostgresAccountStore(db), passwords: new PostgresFilePasswordStore(db) };
  });

  it("leaves passwords of another source alone", async () => {
    await query(db, TRUNCATE, []);
    await query(db, "insert into authn_primary.passwords values ('alice', 'hers', 'api')", []);
    const passwords = new PostgresFilePasswordStore(db);
    await passwords.put([{ userId: "alice" as UserId, hash: "the file's" }]);
    await passwords.remove(["alice" as UserId]);
    expect(await passwords.all()).toEqual([]);
    expect(await query(db, "select hash from authn_primary.passwords", [])).toEqual([{ hash: "hers" }]);
  });

  it("keeps each server that sends Message-Authenticators once, until it is removed", async () => {
    const learnt = new PostgresLearntServers(db);
    await learnt.add("nps", "192.0.2.1:1812");
    await learnt.add("nps", "192.0.2.1:1812");
    await learnt.add("nps", "[2001:db8::1]:1812");
    await learnt.remove("nps", "192.0.2.1:1812");
    await learnt.remove("other", "[2001:db8::1]:1812");
    expect(await learnt.all()).toEqual([{ target: "nps", server: "[2001:db8::1]:1812" }]);
  });
});
