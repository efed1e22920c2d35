import { type Database, type Databases, query } from "@portcullis/kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALICE, describeTokenBatches, importedToken } from "../../application/token-batches.contract.js";
import { MIGRATIONS, SCHEMA } from "./migrations.js";
import { PostgresTokenBatches } from "./postgres-token-batches.js";

/** A database makes its first files at its start, which takes long on a busy machine. */
const START_LIMIT_MS = 60_000;

const ADD_USER = `insert into ${SCHEMA}.users (user_id, login_name, enabled, generation) values ($1, $2, true, 1)`;
const ADD_TOKEN = `
  insert into ${SCHEMA}.tokens
         (serial, user_id, sealed_secret, secret_digest, algorithm, digits, period_seconds, source, import_id)
  values ($1, $2, '\\x00', '', 'sha1', 6, 30, $3, '')`;
const STEPS = `select serial, last_step::float8 as last_step, drift_steps from ${SCHEMA}.tokens order by serial`;

export function describePostgresTokenBatches(
  name: string,
  open: () => Promise<{ readonly databases: Databases; readonly close: () => Promise<void> }>,
): void {
  describe(`the tokens of commands on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let db: Database<never>;
    beforeAll(async () => {
      opened = await open();
      db = await opened.databases.open<never>(SCHEMA, MIGRATIONS);
    }, START_LIMIT_MS);
    afterAll(() => opened.close());

    async function empty() {
      for (const table of ["users", "tokens"]) await query(db, `delete from ${SCHEMA}.${table}`, []);
      return new PostgresTokenBatches(db);
    }

    describeTokenBatches(name, async () => ({
      batches: await empty(),
      addUser: async (loginName, userId) => void (await query(db, ADD_USER, [userId, loginName])),
      addToken: async (serial, userId, source) => void (await query(db, ADD_TOKEN, [serial, userId, source])),
    }));

    it("keeps the used steps of a token whose secret stays, and of no other", async () => {
      const batches = await empty();
      const hotp = importedToken("H1", ALICE, { type: "hotp", lastStep: 4 });
      await batches.store([importedToken("T1", ALICE), hotp]);
      await query(db, `update ${SCHEMA}.tokens set last_step = 100, drift_steps = 2`, []);
      await batches.store([importedToken("T1", ALICE), hotp]);
      expect(await query(db, STEPS, [])).toEqual([
        { serial: "H1", last_step: 100, drift_steps: 2 },
        { serial: "T1", last_step: 100, drift_steps: 2 },
      ]);
      await batches.store([importedToken("T1", ALICE, { secretDigest: "other" }), { ...hotp, secretDigest: "other" }]);
      expect(await query(db, STEPS, [])).toEqual([
        { serial: "H1", last_step: 4, drift_steps: 0 },
        { serial: "T1", last_step: -1, drift_steps: 0 },
      ]);
    });

    it("stores a whole batch at once, its secrets as they are", async () => {
      const batches = await empty();
      const many = Array.from({ length: 500 }, (_, at) => importedToken(`S${at}`, ALICE));
      expect((await batches.store(many)).size).toBe(500);
      const [row] = await query<{ sealed_secret: Uint8Array }>(
        db,
        `select sealed_secret from ${SCHEMA}.tokens limit 1`,
        [],
      );
      expect(Buffer.from(row?.sealed_secret ?? [])).toEqual(Buffer.from([0, 1, 0xff, 92]));
    });
  });
}
