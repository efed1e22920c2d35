import { createSecretKey, randomBytes } from "node:crypto";
import { type Database, type Databases, PooledRandom, query, Sealer, TableResealer } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { SEALED_COLUMNS_SQL } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tokenSecretPlace } from "../../domain/token.js";
import { MIGRATIONS, SCHEMA } from "./migrations.js";
import { PostgresFactors } from "./postgres-factors.js";
import { PostgresFileTokens } from "./postgres-file-tokens.js";
import { SEALED_TABLES } from "./sealed-tables.js";

const START_LIMIT_MS = 60_000;
const ALICE = "a".repeat(32) as UserId;
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
      const place = tokenSecretPlace("T1", ALICE);
      const token = { serial: "T1", userId: ALICE, secretDigest: "d", digits: 6, periodSeconds: 30 };
      const sealedSecret = old.seal(Buffer.from("token secret"), place);
      await new PostgresFileTokens(db).store("import", [{ ...token, algorithm: "sha1", sealedSecret }]);
      const both = new Map([
        [1, first],
        [2, second],
      ]);
      const sealer = new Sealer({ ...ring, active: 2, sealing: both }, new PooledRandom());
      const outcome = await resealerOf(sealer).run(() => undefined, new AbortController().signal);
      expect(outcome).toEqual({ outcome: "done", moved: 1, unreadable: 0 });
      const after = new Sealer({ ...ring, active: 2, sealing: new Map([[2, second]]) }, new PooledRandom());
      const [found] = (await new PostgresFactors(db).find(ALICE)).tokens;
      expect(after.open(found?.sealedSecret ?? new Uint8Array(), place)?.toString()).toBe("token secret");
    });
  });
}
