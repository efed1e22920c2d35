import { createSecretKey, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Configuration, loadConfiguration } from "@portcullis/configuration";
import { createLog, type Database, type Databases, KeyedDigest, PooledRandom, query, Sealer } from "@portcullis/kit";
import { type AnswerId, fileUserIdOf, type UserId } from "@portcullis/login";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ImportedToken } from "../../application/factor-ports.js";
import { type ImportProgress, ImportTokens } from "../../application/import-tokens.js";
import { tokenSecretPlace } from "../../domain/token.js";
import { MIGRATIONS, SCHEMA } from "./migrations.js";
import { PostgresFactors } from "./postgres-factors.js";
import { PostgresFileFactors } from "./postgres-file-factors.js";
import { PostgresUserCopies } from "./postgres-user-copies.js";

const ALICE = "a".repeat(32) as UserId;
const BOB = "b".repeat(32) as UserId;
/** A database makes its first files at its start, which takes long on a busy machine. */
const START_LIMIT_MS = 60_000;
const key = () => createSecretKey(randomBytes(32));
const row = (number: number) => `user${number},S${number},GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ`;
const rows = (count: number) => Array.from({ length: count }, (_, number) => row(number));
const answer = (number: number) => number.toString(16).padStart(32, "0") as AnswerId;

function token(serial: string, userId: UserId, changed: Partial<ImportedToken> = {}): ImportedToken {
  const shape = { type: "totp", algorithm: "sha256", digits: 8, periodSeconds: 60, lastStep: -1 } as const;
  return {
    serial,
    userId,
    sealedSecret: Buffer.from([0, 1, 0xff, 92]),
    secretDigest: `digest ${serial}`,
    ...shape,
    ...changed,
  };
}

/** The tables of this service on a database: what is found, used once, copied and imported. */
export function describeTokenTables(
  name: string,
  open: () => Promise<{ readonly databases: Databases; readonly close: () => Promise<void> }>,
): void {
  describe(`the tables of tokens on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let db: Database<never>;
    let factors: PostgresFactors;
    let users: PostgresUserCopies;
    let file: PostgresFileFactors;

    beforeAll(async () => {
      opened = await open();
      db = await opened.databases.open<never>(SCHEMA, MIGRATIONS);
      factors = new PostgresFactors(db);
      users = new PostgresUserCopies(db);
      file = new PostgresFileFactors(db);
    }, START_LIMIT_MS);
    afterAll(() => opened.close());
    beforeEach(async () => {
      for (const table of ["users", "tokens", "imports"]) await query(db, `delete from ${SCHEMA}.${table}`, []);
    });

    describe("factors", () => {
      it("finds users and their tokens in one statement, whoever asks how often", async () => {
        await file.storeTokens("1", [token("T2", ALICE), token("T1", ALICE), token("T3", BOB)]);
        await users.keep({ userId: BOB, loginName: "bob", enabled: false, groups: [], generation: 1n });
        const nobody = "c".repeat(32) as UserId;
        const found = await Promise.all([ALICE, BOB, nobody, ALICE].map((userId) => factors.find(userId)));
        const serials = found.map(({ enabled, tokens }) => [enabled, ...tokens.map(({ serial }) => serial)]);
        expect(serials).toEqual([[true, "T1", "T2"], [false, "T3"], [true], [true, "T1", "T2"]]);
        const first = found[0]?.tokens[0];
        expect(first).toMatchObject({
          algorithm: "sha256",
          digits: 8,
          periodSeconds: 60,
          lastStep: -1,
          lastAnswerId: "",
        });
        expect(Buffer.from(first?.sealedSecret ?? [])).toEqual(Buffer.from([0, 1, 0xff, 92]));
      });

      it("gives a step to the first answer, again to the same, to no other, and none that is older", async () => {
        await file.storeTokens("1", [token("T1", ALICE)]);
        const use = (step: number, by: number) =>
          factors.useStep({ serial: "T1", step, answerId: answer(by), driftSteps: 0 });
        expect(await use(100, 1)).toBe(true);
        expect(await use(100, 1)).toBe(true);
        expect(await use(100, 2)).toBe(false);
        expect(await use(99, 3)).toBe(false);
        expect(await use(101, 3)).toBe(true);
        expect(await use(100, 1)).toBe(false);
        expect((await factors.find(ALICE)).tokens[0]).toMatchObject({ lastStep: 101, lastAnswerId: answer(3) });
        expect(await factors.useStep({ serial: "gone", step: 1, answerId: answer(1), driftSteps: 0 })).toBe(false);
      });

      it("decides each of many answers for one token in one turn by itself", async () => {
        await file.storeTokens("1", [token("T1", ALICE), token("T2", BOB)]);
        const uses = [
          { serial: "T1", step: 100, answerId: answer(1) },
          { serial: "T1", step: 100, answerId: answer(2) },
          { serial: "T2", step: 7, answerId: answer(3) },
          { serial: "T1", step: 100, answerId: answer(1) },
          { serial: "T1", step: 101, answerId: answer(4) },
          { serial: "T1", step: 99, answerId: answer(5) },
        ];
        const taken = await Promise.all(uses.map((use) => factors.useStep({ ...use, driftSteps: 0 })));
        expect(taken).toEqual([true, false, true, true, true, false]);
      });

      it("gives one step to one of many replicas", async () => {
        await file.storeTokens("1", [token("T1", ALICE)]);
        const replicas = Array.from({ length: 8 }, () => new PostgresFactors(db));
        const taken = await Promise.all(
          replicas.map((replica, at) =>
            replica.useStep({ serial: "T1", step: 5, answerId: answer(at), driftSteps: 0 }),
          ),
        );
        expect(taken.filter(Boolean)).toHaveLength(1);
      });
    });

    describe("copies of users", () => {
      it("keeps the newest of each user, in whatever order and company they come", async () => {
        const alice = (generation: bigint, enabled: boolean) =>
          users.keep({ userId: ALICE, loginName: "alice", enabled, groups: [], generation });
        await Promise.all([alice(1n, true), alice(3n, false), alice(2n, true)]);
        expect((await factors.find(ALICE)).enabled).toBe(false);
        await alice(2n, true);
        expect((await factors.find(ALICE)).enabled).toBe(false);
        await alice(4_000_000_000_000n, true);
        expect((await factors.find(ALICE)).enabled).toBe(true);
      });

      it("keeps the groups of each, as they are in the newest", async () => {
        const groups = ["ops", 'vpn, "quoted" {braces} \\', "große"];
        const keep = (userId: UserId, generation: bigint, named: readonly string[]) =>
          users.keep({ userId, loginName: userId, enabled: true, groups: named, generation });
        await Promise.all([keep(ALICE, 1n, groups), keep(BOB, 2n, ["ops"]), keep(BOB, 1n, groups)]);
        expect((await factors.find(ALICE)).groups).toEqual(groups);
        expect((await factors.find(BOB)).groups).toEqual(["ops"]);
        await keep(ALICE, 2n, []);
        expect((await factors.find(ALICE)).groups).toEqual([]);
        expect((await factors.find("c".repeat(32) as UserId)).groups).toEqual([]);
      });
    });

    describe("tokens of the file", () => {
      it("keeps the used steps of a token whose secret stays, whatever else changes, and forgets those of a new one", async () => {
        await file.storeTokens("1", [token("T1", ALICE), token("T2", ALICE)]);
        for (const serial of ["T1", "T2"])
          await factors.useStep({ serial, step: 9, answerId: answer(1), driftSteps: 0 });
        await file.storeTokens("2", [token("T1", BOB, { digits: 6 }), token("T2", ALICE, { secretDigest: "new" })]);
        expect((await factors.find(BOB)).tokens).toMatchObject([{ serial: "T1", lastStep: 9, digits: 6 }]);
        expect((await factors.find(ALICE)).tokens).toMatchObject([{ serial: "T2", lastStep: -1, lastAnswerId: "" }]);
      });

      it("removes what is no longer in the file once the import is complete, and not what has another source", async () => {
        await file.storeTokens("1", [token("T1", ALICE), token("T2", ALICE), token("T3", ALICE)]);
        await file.complete("1");
        await query(db, `update ${SCHEMA}.tokens set source = 'console' where serial = 'T3'`, []);
        await file.storeTokens("2", [token("T1", ALICE), token("T3", BOB)]);
        expect((await factors.find(ALICE)).tokens).toHaveLength(3);
        await file.complete("2");
        expect((await factors.find(ALICE)).tokens.map(({ serial }) => serial)).toEqual(["T1", "T3"]);
        expect(await file.importedAs()).toBe("2");
      });
    });

    describe("an import", () => {
      const ring = { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
      const sealer = new Sealer(ring, new PooledRandom());
      const digest = new KeyedDigest(ring.digest);
      let folder: string;

      beforeAll(async () => {
        folder = await mkdtemp(join(tmpdir(), "portcullis-tokens-"));
      });
      afterAll(() => rm(folder, { recursive: true, force: true }));

      async function configuration(rows: readonly string[], alice = "JBSWY3DPEHPK3PXP"): Promise<Configuration> {
        const path = join(folder, "portcullis.yaml");
        await writeFile(join(folder, "users.csv"), ["name,serial,secret", ...rows, ""].join("\n"));
        const yaml = [
          "radius: { listen: [ { address: 127.0.0.1, authPort: 1812 } ] }",
          "clients: [ { name: vpn, address: 127.0.0.1/32, secret: testing123testing123, target: local } ]",
          "targets: [ { name: local, type: local } ]",
          `users: [ { name: alice, tokens: [ { serial: A1, type: totp, secret: ${alice} } ] } ]`,
          "usersFile: users.csv",
        ];
        await writeFile(path, yaml.join("\n"));
        const loaded = await loadConfiguration(path, { env: {} });
        if (!loaded.ok) throw new Error(loaded.failure.map(({ message }) => message).join());
        return loaded.value;
      }

      async function run(from: Configuration): Promise<ImportProgress[]> {
        const told: ImportProgress[] = [];
        const onProgress = (progress: ImportProgress) => void told.push(progress);
        const log = createLog("test", "silent");
        const importTokens = new ImportTokens({ configuration: from, tokens: file, sealer, digest, log, onProgress });
        await importTokens.execute(new AbortController().signal);
        return told;
      }

      const aliceId = () => fileUserIdOf(digest, "alice");

      it("stores sealed secrets under the users' ids, and skips a file that it knows", async () => {
        const told = await run(await configuration(rows(2_500)));
        expect(told.at(-1)).toEqual({ done: 2_501, total: 2_501 });
        const userId = fileUserIdOf(digest, "user2499");
        const found = (await factors.find(userId)).tokens[0];
        const sealed = found?.sealedSecret ?? Buffer.alloc(0);
        expect(sealer.open(sealed, tokenSecretPlace("S2499", userId))?.toString()).toBe("12345678901234567890");
        expect(sealer.open(sealed, tokenSecretPlace("S2499", aliceId()))).toBeUndefined();
        expect(found).toMatchObject({ algorithm: "sha1", digits: 6, periodSeconds: 30 });
        expect(await run(await configuration(rows(2_500)))).toEqual([]);
      });

      it("follows a changed file and keeps the used steps of secrets that stay", async () => {
        await run(await configuration(rows(3)));
        for (const serial of ["A1", "S1"])
          await factors.useStep({ serial, step: 50, answerId: answer(1), driftSteps: 0 });
        await run(await configuration(rows(2), "KRSXG5CTMVRXEZLU"));
        expect((await factors.find(aliceId())).tokens).toMatchObject([{ lastStep: -1 }]);
        expect((await factors.find(fileUserIdOf(digest, "user1"))).tokens).toMatchObject([{ lastStep: 50 }]);
        expect((await factors.find(fileUserIdOf(digest, "user2"))).tokens).toEqual([]);
      });

      it("leaves everything as it is when the file has a mistake", async () => {
        await run(await configuration(rows(2)));
        const before = await file.importedAs();
        await run(await configuration([row(5), "broken,S6,not base32!"]));
        expect(await file.importedAs()).toBe(before);
        expect((await factors.find(fileUserIdOf(digest, "user1"))).tokens).toHaveLength(1);
        expect((await factors.find(fileUserIdOf(digest, "user5"))).tokens).toEqual([]);
      });
    });
  });
}
