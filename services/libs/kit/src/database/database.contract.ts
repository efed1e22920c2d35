import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Database, type Databases, type Migrations, query } from "./database.js";

interface Tables {
  readonly account: { readonly id: string; readonly balance: number };
}

export const SCHEMA = "tested";
export const migrations: Migrations = {
  "001-accounts": {
    up: (db) =>
      db.schema
        .createTable("account")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("balance", "integer", (column) => column.notNull())
        .execute(),
  },
};

/** What a service may expect of the database, whichever it is. */
export function describeDatabases(name: string, open: () => Promise<Databases>): void {
  describe(`databases: ${name}`, () => {
    let databases: Databases;
    let db: Database<Tables>;
    const untyped = () => db as unknown as Database<never>; // `query` takes any tables, which is what Kysely calls never.
    beforeAll(async () => {
      databases = await open();
      db = await databases.open<Tables>(SCHEMA, migrations);
    });
    afterAll(() => databases.close());

    it("migrates once, however often it is opened, and only what is new", async () => {
      await databases.open(SCHEMA, migrations);
      const more: Migrations = {
        ...migrations,
        "002-notes": { up: (all) => all.schema.createTable("note").addColumn("text", "text").execute() },
      };
      await databases.open(SCHEMA, more);
      const made = await query(untyped(), "select 1 from pg_tables where schemaname = $1", [SCHEMA]);
      expect(made).toHaveLength(4); // two tables, and the migrator's own two
    });

    it("keeps the services apart, each in its schema", async () => {
      const other = await databases.open<Tables>("other", migrations);
      await other.insertInto("account").values({ id: "only here", balance: 1 }).execute();
      expect(await db.selectFrom("account").selectAll().where("id", "=", "only here").execute()).toEqual([]);
    });

    it("takes a batch in one statement, and says which rows it changed", async () => {
      const ids = Array.from({ length: 500 }, (_, index) => `a${index}`);
      const balances = ids.map((_, index) => index);
      const text = `insert into ${SCHEMA}.account (id, balance) select * from unnest($1::text[], $2::int[])`;
      await query(untyped(), text, [ids, balances]);
      // Compare and set of many at once: only those that stand at what was expected.
      const moved = await query<{ id: string }>(
        untyped(),
        `update ${SCHEMA}.account as a set balance = u.next from unnest($1::text[], $2::int[], $3::int[]) as u(id, was, next)
         where a.id = u.id and a.balance = u.was returning a.id`,
        [
          ["a1", "a2", "a3"],
          [1, 0, 3],
          [10, 20, 30],
        ],
      );
      expect(moved.map((row) => row.id).sort((one, two) => one.localeCompare(two))).toEqual(["a1", "a3"]);
    });

    it("reports a row that is there already by its code, and undoes a transaction that fails", async () => {
      const insert = { id: "twice", balance: 1 };
      await db.insertInto("account").values(insert).execute();
      const failing = db.transaction().execute(async (trx) => {
        await trx.updateTable("account").set({ balance: 2 }).where("id", "=", "twice").execute();
        await trx.insertInto("account").values(insert).execute();
      });
      await expect(failing).rejects.toMatchObject({ code: "23505" });
      const rows = await db.selectFrom("account").select("balance").where("id", "=", "twice").execute();
      expect(rows).toEqual([{ balance: 1 }]);
      expect((await sql<{ one: number }>`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
    });

    it("gives back what was written, of every type that is used", async () => {
      const text = `select $1::text as text, $2::bigint::text as big, $3::boolean as yes, $4::bytea as bytes,
        $5::float8 as number, $6::text[] as list, $7::text as nothing, $8::int as whole, $9::jsonb as json`;
      const bytes = Buffer.from([0, 1, 255]);
      const json = { a: [1, "ü"] };
      const values = ["ü'\\ \"", 2n ** 60n, true, bytes, 0.5, ["a,b", '"', "", "{}", "\\"], null, 7, json];
      for (let time = 0; time < 3; time++) {
        const [row] = await query<Record<string, unknown>>(untyped(), text, values);
        expect(row).toEqual({
          text: values[0],
          big: "1152921504606846976",
          yes: true,
          bytes: expect.anything(),
          number: 0.5,
          list: values[5],
          nothing: null,
          whole: 7,
          json,
        });
        expect(Buffer.from(row?.["bytes"] as Uint8Array)).toEqual(bytes);
      }
      expect(await query(untyped(), "select $1::text as empty where false", ["x"])).toEqual([]);
      await expect(query(untyped(), "select $1::int as wrong", ["no number"])).rejects.toMatchObject({ code: "22P02" });
      await expect(query(untyped(), "selec $1", ["x"])).rejects.toMatchObject({ code: "42601" });
      expect(await query(untyped(), "select $1::int as right", [1])).toEqual([{ right: 1 }]);
    });

    it("says how many rows a statement changed", async () => {
      await db.insertInto("account").values({ id: "counted", balance: 1 }).execute();
      const changed = await db
        .updateTable("account")
        .set({ balance: 3 })
        .where("id", "=", "counted")
        .executeTakeFirst();
      expect(changed.numUpdatedRows).toBe(1n);
      const gone = await db.deleteFrom("account").where("id", "=", "not there").executeTakeFirst();
      expect(gone.numDeletedRows).toBe(0n);
    });

    it("does not take a transaction for done in which a statement failed", async () => {
      const account = { id: "swallowed", balance: 1 };
      const swallowing = db.transaction().execute(async (trx) => {
        await trx.insertInto("account").values(account).execute();
        await trx
          .insertInto("account")
          .values(account)
          .execute()
          .catch(() => undefined);
      });
      await expect(swallowing).rejects.toThrow();
      expect(await db.selectFrom("account").selectAll().where("id", "=", "swallowed").execute()).toEqual([]);
    });

    it("keeps what is done beside a transaction out of it", async () => {
      await db.insertInto("account").values({ id: "beside", balance: 1 }).execute();
      let beside: Promise<unknown> = Promise.resolve();
      const failing = db.transaction().execute(async (trx) => {
        await trx.insertInto("account").values({ id: "undone", balance: 1 }).execute();
        beside = db.updateTable("account").set({ balance: 2 }).where("id", "=", "beside").execute();
        await trx.selectFrom("account").selectAll().execute();
        throw new Error("undone");
      });
      await expect(failing).rejects.toThrow("undone");
      await beside;
      const rows = await db.selectFrom("account").selectAll().where("id", "in", ["beside", "undone"]).execute();
      expect(rows).toEqual([{ id: "beside", balance: 2 }]);
    });

    it("runs transactions that come together, each by itself", async () => {
      await db.insertInto("account").values({ id: "counter", balance: 0 }).execute();
      const increment = () =>
        db.transaction().execute(async (trx) => {
          const { balance } = await trx
            .selectFrom("account")
            .select("balance")
            .where("id", "=", "counter")
            .forUpdate()
            .executeTakeFirstOrThrow();
          await trx
            .updateTable("account")
            .set({ balance: balance + 1 })
            .where("id", "=", "counter")
            .execute();
        });
      await Promise.all(Array.from({ length: 5 }, increment));
      const counter = db.selectFrom("account").select("balance").where("id", "=", "counter");
      expect(await counter.execute()).toEqual([{ balance: 5 }]);
    });
  });
}
