import { type Database, type Databases, query } from "@portcullis/kit";
import type { AnswerId, UserId } from "@portcullis/login";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ImportedToken, ImportedUser } from "../../application/factor-ports.js";
import { UNKNOWN_USER } from "../../domain/user-factors.js";
import { MIGRATIONS, SCHEMA } from "./migrations.js";
import { PostgresFactors } from "./postgres-factors.js";
import { PostgresFileFactors } from "./postgres-file-factors.js";
import { PostgresTokens } from "./postgres-tokens.js";
import { PostgresUserCopies } from "./postgres-user-copies.js";

const ALICE = "a".repeat(32) as UserId;
const BOB = "b".repeat(32) as UserId;
/** A database makes its first files at its start, which takes long on a busy machine. */
const START_LIMIT_MS = 60_000;
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

    describe("users of the file", () => {
      const imported = (changed: Partial<ImportedUser> = {}): ImportedUser => ({
        userId: ALICE,
        loginName: "alice",
        sealedPhones: Buffer.from([0, 1, 0xff, 92]),
        language: "de",
        allowedMethods: ["oath", "voice"],
        defaultMethod: "voice",
        modes: { sms: "two-way-pin", voice: "pin", app: "pin" },
        ...changed,
      });

      it("have their factors whoever tells first who they are, and lose them with the file", async () => {
        const usual = { sms: "one-way", voice: "standard", app: "standard" } as const;
        const plain = { sealedPhones: undefined, allowedMethods: undefined, defaultMethod: undefined, modes: usual };
        await file.storeUsers("1", [imported(), imported({ ...plain, userId: BOB, loginName: "bob", language: "ja" })]);
        await users.keep({ userId: ALICE, loginName: "alice", enabled: false, groups: ["ops"], generation: 0n });
        const alice = await factors.find(ALICE);
        const { language, allowedMethods, defaultMethod, modes, enabled, groups } = alice;
        const { userId, loginName, sealedPhones, ...told } = imported();
        expect({ language, allowedMethods, defaultMethod, modes }).toEqual(told);
        expect(Buffer.from(alice.sealedPhones ?? [])).toEqual(sealedPhones);
        expect([enabled, groups, await users.idOf(loginName)]).toEqual([false, ["ops"], userId]);
        expect(await factors.find(BOB)).toEqual({ ...UNKNOWN_USER, language: "ja" });
        await file.complete("1");
        await file.storeUsers("2", [imported({ ...plain, userId: BOB, language: "en", allowedMethods: ["app"] })]);
        expect((await factors.find(ALICE)).language).toBe("de");
        await file.complete("2");
        expect(await factors.find(ALICE)).toEqual({ ...UNKNOWN_USER, enabled: false, groups: ["ops"] });
        expect(await factors.find(BOB)).toEqual({ ...UNKNOWN_USER, allowedMethods: ["app"] });
      });

      it("are found by the name under which they sign in", async () => {
        await users.keep({ userId: BOB, loginName: "bob", enabled: true, groups: [], generation: 1n });
        expect(await users.idOf("bob")).toBe(BOB);
        expect(await users.idOf("nobody")).toBeUndefined();
        expect(await users.idOf("")).toBeUndefined();
      });
    });

    describe("tokens of the file", () => {
      it("count from their counter on, and never back", async () => {
        const hotp = (lastStep: number, digest = "same") =>
          token("H1", ALICE, { type: "hotp", lastStep, secretDigest: digest });
        await file.storeTokens("1", [hotp(41)]);
        const stored = async () => (await factors.find(ALICE)).tokens[0];
        expect(await stored()).toMatchObject({ type: "hotp", lastStep: 41 });
        await factors.useStep({ serial: "H1", step: 50, answerId: answer(1), driftSteps: 0 });
        await file.storeTokens("2", [hotp(9)]);
        expect(await stored()).toMatchObject({ lastStep: 50 });
        await file.storeTokens("3", [hotp(99)]);
        expect(await stored()).toMatchObject({ lastStep: 99 });
        await file.storeTokens("4", [hotp(0, "other")]);
        expect(await stored()).toMatchObject({ lastStep: 0, lastAnswerId: "" });
      });

      it("keep what is learnt of their clock while their secret stays", async () => {
        await file.storeTokens("1", [token("T1", ALICE)]);
        await factors.useStep({ serial: "T1", step: 7, answerId: answer(1), driftSteps: -1.75 });
        await file.storeTokens("2", [token("T1", ALICE)]);
        expect((await factors.find(ALICE)).tokens).toMatchObject([{ driftSteps: -1.75 }]);
        expect(await new PostgresTokens(db).find("T1")).toMatchObject({
          userId: ALICE,
          driftSteps: -1.75,
          lastStep: 7,
        });
        expect(await new PostgresTokens(db).find("T2")).toBeUndefined();
        await file.storeTokens("3", [token("T1", ALICE, { secretDigest: "other" })]);
        expect((await factors.find(ALICE)).tokens).toMatchObject([{ driftSteps: 0 }]);
      });

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
  });
}
