import { createSecretKey, randomBytes } from "node:crypto";
import type { CompiledQuery } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Database, type Databases, type Migrations, query } from "../database/database.js";
import { PooledRandom } from "../random.js";
import { freshKeyRing } from "../test-platform.contract.js";
import type { KeyRing } from "./key-ring.js";
import type { ResealProgress } from "./resealer.js";
import { type SealedTable, sealedTable } from "./sealed-tables.js";
import { keyIdOf, Sealer } from "./sealer.js";
import { TableResealer } from "./table-resealer.js";

const SCHEMA = "resealed";
const START_LIMIT_MS = 60_000;
const migrations: Migrations = {
  "001": {
    up: async (db) => {
      await db.schema
        .createTable("plain_key")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("sealed_secret", "bytea", (column) => column.notNull())
        .addColumn("sealed_note", "bytea")
        .execute();
      await db.schema
        .createTable("wide_key")
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("number", "bigint", (column) => column.notNull())
        .addColumn("sealed_value", "bytea", (column) => column.notNull())
        .addPrimaryKeyConstraint("wide_key_pk", ["owner", "number"])
        .execute();
    },
  },
};
const TABLES: readonly SealedTable[] = [
  sealedTable({
    schema: SCHEMA,
    table: "plain_key",
    key: { id: "text" },
    reads: ["owner"],
    columns: { sealed_secret: ({ id, owner }) => `secret/${owner}/${id}`, sealed_note: ({ id }) => `note/${id}` },
  }),
  sealedTable({
    schema: SCHEMA,
    table: "wide_key",
    key: { owner: "text", number: "bigint" },
    columns: { sealed_value: ({ owner, number }) => `value/${owner}/${number}` },
  }),
];

/** Rows that go over from one key to another, on a real database. */
export function describeTableResealer(name: string, open: () => Promise<Databases>): void {
  describe(`TableResealer on ${name}`, () => {
    const ring = freshKeyRing();
    const next: KeyRing = {
      ...ring,
      active: 2,
      sealing: new Map([...ring.sealing, [2, createSecretKey(randomBytes(32))]]),
    };
    const old = new Sealer(ring, new PooledRandom());
    const { signal } = new AbortController();
    let databases: Databases;
    let db: Database<never>;
    let sealer: Sealer;
    let resealer: TableResealer;

    beforeAll(async () => {
      databases = await open();
      db = await databases.open<never>(SCHEMA, migrations);
    }, START_LIMIT_MS);
    afterAll(() => databases.close());
    beforeEach(async () => {
      for (const table of ["plain_key", "wide_key"]) await query(db, `delete from ${SCHEMA}.${table}`, []);
      sealer = new Sealer(next, new PooledRandom());
      resealer = new TableResealer({ service: "tested", db, tables: TABLES, sealer });
    });

    const put = (id: string, sealed: Uint8Array, note?: Uint8Array) =>
      query(db, `insert into ${SCHEMA}.plain_key values ($1, 'alice', $2, $3)`, [id, sealed, note ?? null]);
    const secretOf = (id: string, by = old) => by.seal(Buffer.from(`secret of ${id}`), `secret/alice/${id}`);
    async function read(id: string) {
      const text = `select encode(sealed_secret, 'hex') as secret, encode(sealed_note, 'hex') as note
                      from ${SCHEMA}.plain_key where id = $1`;
      const [row] = await query<{ secret: string; note: string | null }>(db, text, [id]);
      return { secret: Buffer.from(row?.secret ?? "", "hex"), note: Buffer.from(row?.note ?? "", "hex") };
    }
    const run = (told: ResealProgress[] = []) => resealer.run((progress) => void told.push(progress), signal);

    it("names what it covers", () => {
      expect(resealer.covers).toEqual([
        "resealed.plain_key.sealed_secret",
        "resealed.plain_key.sealed_note",
        "resealed.wide_key.sealed_value",
      ]);
    });

    it("moves every column of every row, also over pages, and leaves what is empty", async () => {
      const ids = Array.from({ length: 1_203 }, (_, number) => `t${number}`);
      await query(
        db,
        `insert into ${SCHEMA}.plain_key select id, 'alice', decode(sealed, 'hex'), null from unnest($1::text[], $2::text[]) as told(id, sealed)`,
        [ids, ids.map((id) => secretOf(id).toString("hex"))],
      );
      await put("noted", secretOf("noted"), old.seal(Buffer.from("a note"), "note/noted"));
      const numbers = ["9", "10", "-1", "9007199254740993"];
      for (const number of numbers) {
        const sealed = old.seal(Buffer.from(number), `value/bob/${number}`);
        await query(db, `insert into ${SCHEMA}.wide_key values ('bob', $1::text::bigint, $2)`, [number, sealed]);
      }
      expect(await resealer.uses()).toEqual(new Map([[1, 1_209]]));
      const told: ResealProgress[] = [];
      expect(await run(told)).toEqual({ outcome: "done", moved: 1_209, unreadable: 0 });
      expect(told.length).toBeGreaterThan(3);
      expect(told.at(-1)).toEqual({ done: 1_209, total: 1_209 });
      expect(await resealer.uses()).toEqual(new Map([[2, 1_209]]));
      sealer.take({ ...next, sealing: new Map([...next.sealing].slice(1)) });
      for (const id of ["t0", "t499", "t500", "t1202", "noted"]) {
        const { secret } = await read(id);
        expect(sealer.open(secret, `secret/alice/${id}`)?.toString()).toBe(`secret of ${id}`);
      }
      expect(sealer.open((await read("noted")).note, "note/noted")?.toString()).toBe("a note");
      const wide = await query<{ number: string; value: string }>(
        db,
        `select number::text as number, encode(sealed_value, 'hex') as value from ${SCHEMA}.wide_key`,
        [],
      );
      const opened = wide.map(({ number, value }) => sealer.open(Buffer.from(value, "hex"), `value/bob/${number}`));
      expect(opened.map(String).sort()).toEqual(numbers.toSorted());
    });

    it("touches nothing that is sealed under the active key", async () => {
      await put("new", secretOf("new", sealer));
      const before = await read("new");
      expect(await run()).toEqual({ outcome: "done", moved: 0, unreadable: 0 });
      expect(await read("new")).toEqual(before);
    });

    it("does not undo what somebody else writes meanwhile, and meets it again when it is under the old key", async () => {
      await put("mine", secretOf("mine"));
      await put("theirs", secretOf("theirs"));
      let met = false;
      // Between the reading of the page and its writing, another process of the old ring imports the token anew.
      const meeting = {
        executeQuery: async (wanted: CompiledQuery) => {
          if (!met && wanted.sql.trimStart().startsWith("update")) {
            met = true;
            const sealed = old.seal(Buffer.from("another secret"), "secret/alice/theirs");
            await query(db, `update ${SCHEMA}.plain_key set sealed_secret = $1 where id = 'theirs'`, [sealed]);
          }
          return db.executeQuery(wanted);
        },
      } as unknown as Database<never>;
      const meets = new TableResealer({ service: "tested", db: meeting, tables: TABLES, sealer });
      const outcome = await meets.run(() => undefined, signal);
      expect(outcome).toEqual({ outcome: "done", moved: 2, unreadable: 0 });
      const { secret } = await read("theirs");
      expect([keyIdOf(secret), sealer.open(secret, "secret/alice/theirs")?.toString()]).toEqual([2, "another secret"]);
    });

    it("leaves what nothing opens as it is, counts it, and moves the rest", async () => {
      const damaged = secretOf("damaged");
      damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
      const foreign = new Sealer(freshKeyRing(7), new PooledRandom());
      await put("damaged", damaged);
      await put("foreign", secretOf("foreign", foreign));
      await put("moved", secretOf("elsewhere"));
      await put("never sealed", Buffer.from("plain"));
      await put("whole", secretOf("whole"));
      expect(await run()).toEqual({ outcome: "done", moved: 1, unreadable: 4 });
      expect((await read("damaged")).secret).toEqual(damaged);
      expect(keyIdOf((await read("whole")).secret)).toBe(2);
    });

    it("goes on where it was stopped", async () => {
      const ids = Array.from({ length: 700 }, (_, number) => `t${String(number).padStart(3, "0")}`);
      await query(
        db,
        `insert into ${SCHEMA}.plain_key select id, 'alice', decode(sealed, 'hex'), null from unnest($1::text[], $2::text[]) as told(id, sealed)`,
        [ids, ids.map((id) => secretOf(id).toString("hex"))],
      );
      const leaving = new AbortController();
      await resealer.run(() => leaving.abort(), leaving.signal);
      expect(await resealer.uses()).toEqual(
        new Map([
          [1, 200],
          [2, 500],
        ]),
      );
      expect(await run()).toEqual({ outcome: "done", moved: 200, unreadable: 0 });
    });
  });
}
