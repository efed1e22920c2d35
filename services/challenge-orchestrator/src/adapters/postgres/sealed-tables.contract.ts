import { createSecretKey, randomBytes } from "node:crypto";
import { type Database, type Databases, PooledRandom, query, Sealer, TableResealer } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { SEALED_COLUMNS_SQL } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pinPlace } from "../../domain/pin-rules.js";
import { tokenSecretPlace } from "../../domain/token.js";
import { userPhonesPlace } from "../../domain/user-factors.js";
import { MIGRATIONS, SCHEMA } from "./migrations.js";
import { SEALED_TABLES } from "./sealed-tables.js";

const START_LIMIT_MS = 60_000;
const ALICE = "a".repeat(32) as UserId;
const BOB = "b".repeat(32) as UserId;
const key = () => createSecretKey(randomBytes(32));

/** What this service keeps sealed, when the key of the ring changes. */
export function describeSealedTables(
  name: string,
  open: () => Promise<{ readonly databases: Databases; readonly close: () => Promise<void> }>,
): void {
  describe(`sealed columns on ${name}`, () => {
    const [first, second] = [key(), key()];
    const ring = { active: 1, sealing: new Map([[1, first]]), digest: key(), audit: key() };
    let opened: Awaited<ReturnType<typeof open>>;
    let db: Database<never>;

    beforeAll(async () => {
      opened = await open();
      db = await opened.databases.open<never>(SCHEMA, MIGRATIONS);
    }, START_LIMIT_MS);
    afterAll(() => opened.close());

    const resealerOf = (sealer: Sealer) =>
      new TableResealer({ service: "challenge-orchestrator", db, tables: SEALED_TABLES, sealer });

    it("are all named by the resealer", async () => {
      const columns = await query<{ name: string }>(db, SEALED_COLUMNS_SQL, []);
      expect(columns.length).toBeGreaterThan(0);
      const { covers } = resealerOf(new Sealer(ring, new PooledRandom()));
      expect(covers.toSorted()).toEqual(columns.map((column) => column.name));
    });

    it("open after the old key is gone, each for its place", async () => {
      const old = new Sealer(ring, new PooledRandom());
      const seal = (text: string, place: string) => old.seal(Buffer.from(text), place);
      const [tokenPlace, phonesPlace, pinsPlace] = [
        tokenSecretPlace("T1", ALICE),
        userPhonesPlace(ALICE),
        pinPlace(ALICE),
      ];
      await query(
        db,
        `insert into ${SCHEMA}.tokens (serial, user_id, sealed_secret, secret_digest, algorithm, digits, period_seconds, source, import_id)
         values ('T1', $1, $2, 'd', 'sha1', 6, 30, 'file', '1')`,
        [ALICE, seal("a seed", tokenPlace)],
      );
      await query(db, `insert into ${SCHEMA}.users (user_id, sealed_phones) values ($1, $2), ($3, null)`, [
        ALICE,
        seal("phones", phonesPlace),
        BOB,
      ]);
      await query(
        db,
        `insert into ${SCHEMA}.pins (user_id, sealed_hashes, version, source, file_digest, set_at_ms) values ($1, $2, 1, 'file', 'd', 0)`,
        [ALICE, seal("hashes", pinsPlace)],
      );
      const both = new Map([
        [1, first],
        [2, second],
      ]);
      const sealer = new Sealer({ ...ring, active: 2, sealing: both }, new PooledRandom());
      const outcome = await resealerOf(sealer).run(() => undefined, new AbortController().signal);
      expect(outcome).toEqual({ outcome: "done", moved: 3, unreadable: 0 });
      const after = new Sealer({ ...ring, active: 2, sealing: new Map([[2, second]]) }, new PooledRandom());
      const stored = async (table: string, column: string, place: string) => {
        const text = `select ${column} as sealed from ${SCHEMA}.${table} where user_id = $1`;
        const [row] = await query<{ sealed: Uint8Array }>(db, text, [ALICE]);
        return after.open(row?.sealed ?? new Uint8Array(), place)?.toString();
      };
      expect(await stored("tokens", "sealed_secret", tokenPlace)).toBe("a seed");
      expect(await stored("users", "sealed_phones", phonesPlace)).toBe("phones");
      expect(await stored("pins", "sealed_hashes", pinsPlace)).toBe("hashes");
      expect(await stored("pins", "sealed_hashes", phonesPlace)).toBeUndefined();
    });
  });
}
