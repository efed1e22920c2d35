import { createSecretKey, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Configuration, loadConfiguration } from "@portcullis/configuration";
import {
  Argon2Hasher,
  createLog,
  type Database,
  type Databases,
  type ImportOutcome,
  KeyedDigest,
  PooledRandom,
  query,
  Sealer,
} from "@portcullis/kit";
import { type AnswerId, fileUserIdOf } from "@portcullis/login";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CheckPin } from "../../application/check-pin.js";
import { FileEntries } from "../../application/file-entries.js";
import { ImportFactors, type ImportProgress } from "../../application/import-factors.js";
import { ImportPins } from "../../application/import-pins.js";
import { SetPin } from "../../application/set-pin.js";
import { tokenSecretPlace } from "../../domain/token.js";
import { userPhonesPlace } from "../../domain/user-factors.js";
import { PHONES_MESSAGE } from "../events/phones-message.js";
import { MIGRATIONS, SCHEMA } from "./migrations.js";
import { PostgresFactors } from "./postgres-factors.js";
import { PostgresFileFactors } from "./postgres-file-factors.js";
import { PostgresPins } from "./postgres-pins.js";

/** A database makes its first files at its start, which takes long on a busy machine. */
const START_LIMIT_MS = 60_000;
const NOW_MS = 1_800_000_000_000;
const SETTINGS = { hotpLookAhead: 10, pinHistory: 3, pinDays: 90 };
const HEADER = "name,serial,secret";
const key = () => createSecretKey(randomBytes(32));
const row = (number: number) => `user${number},S${number},GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ`;
const rows = (count: number) => Array.from({ length: count }, (_, number) => row(number));

/** The import of the configuration file into a database. */
export function describeImport(
  name: string,
  open: () => Promise<{ readonly databases: Databases; readonly close: () => Promise<void> }>,
): void {
  describe(`an import of factors into ${name}`, () => {
    const ring = { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
    const random = new PooledRandom();
    const sealer = new Sealer(ring, random);
    const digest = new KeyedDigest(ring.digest);
    const log = createLog("test", "silent");
    const clock = { nowMs: () => NOW_MS };
    let opened: Awaited<ReturnType<typeof open>>;
    let db: Database<never>;
    let factors: PostgresFactors;
    let pins: PostgresPins;
    let hasher: Argon2Hasher;
    let folder: string;

    beforeAll(async () => {
      opened = await open();
      db = await opened.databases.open<never>(SCHEMA, MIGRATIONS);
      factors = new PostgresFactors(db);
      pins = new PostgresPins(db);
      hasher = await Argon2Hasher.create(random);
      folder = await mkdtemp(join(tmpdir(), "portcullis-factors-"));
    }, START_LIMIT_MS);
    afterAll(async () => {
      await rm(folder, { recursive: true, force: true });
      await opened.close();
    });
    beforeEach(async () => {
      for (const table of ["users", "tokens", "imports", "pins"]) await query(db, `delete from ${SCHEMA}.${table}`, []);
    });

    const ALICE = "tokens: [ { serial: A1, type: totp, secret: JBSWY3DPEHPK3PXP } ]";

    async function configuration(csv: readonly string[], alice = ALICE): Promise<Configuration> {
      const path = join(folder, "portcullis.yaml");
      await writeFile(join(folder, "users.csv"), [...csv, ""].join("\n"));
      const yaml = [
        "radius: { listen: [ { address: 127.0.0.1, authPort: 1812 } ] }",
        "clients: [ { name: vpn, address: 127.0.0.1/32, secret: testing123testing123, target: local } ]",
        "targets: [ { name: local, type: local } ]",
        `users: [ { name: alice, ${alice} } ]`,
        "usersFile: users.csv",
      ];
      await writeFile(path, yaml.join("\n"));
      const loaded = await loadConfiguration(path, { env: {} });
      if (!loaded.ok) throw new Error(loaded.failure.map(({ message }) => message).join());
      return loaded.value;
    }

    async function run(from: Configuration): Promise<{ outcome: ImportOutcome; told: ImportProgress[] }> {
      const told: ImportProgress[] = [];
      const onProgress = (progress: ImportProgress) => void told.push(progress);
      const entries = new FileEntries(sealer, digest, PHONES_MESSAGE);
      const importPins = new ImportPins({ pins, hasher, sealer, digest, clock, settings: SETTINGS });
      const file = new PostgresFileFactors(db);
      const parts = { configuration: from, factors: file, entries, importPins, digest, log, onProgress };
      return { outcome: await new ImportFactors(parts).execute(new AbortController().signal), told };
    }

    const idOf = (loginName: string) => fileUserIdOf(digest, loginName);
    const use = (serial: string) =>
      factors.useStep({ serial, step: 50, answerId: "1".repeat(32) as AnswerId, driftSteps: 0 });
    const checkPin = (pin: string, loginName = "alice") =>
      new CheckPin({ pins, hasher, sealer, clock, log }).execute({ userId: idOf(loginName), pin });

    it("stores sealed secrets under the users' ids, and skips a file that it knows", async () => {
      const { told } = await run(await configuration([HEADER, ...rows(2_500)]));
      expect(told.at(-1)).toEqual({ done: 2_501, total: 2_501 });
      const userId = idOf("user2499");
      const found = (await factors.find(userId)).tokens[0];
      const sealed = found?.sealedSecret ?? Buffer.alloc(0);
      expect(sealer.open(sealed, tokenSecretPlace("S2499", userId))?.toString()).toBe("12345678901234567890");
      expect(sealer.open(sealed, tokenSecretPlace("S2499", idOf("alice")))).toBeUndefined();
      expect(found).toMatchObject({ algorithm: "sha1", digits: 6, periodSeconds: 30, type: "totp", lastStep: -1 });
      const again = await run(await configuration([HEADER, ...rows(2_500)]));
      expect(again).toEqual({ outcome: { outcome: "unchanged" }, told: [] });
    });

    it("follows a changed file and keeps the used steps of secrets that stay", async () => {
      await run(await configuration([HEADER, ...rows(3)]));
      for (const serial of ["A1", "S1"]) await use(serial);
      const other = "tokens: [ { serial: A1, type: totp, secret: KRSXG5CTMVRXEZLU } ]";
      await run(await configuration([HEADER, ...rows(2)], other));
      expect((await factors.find(idOf("alice"))).tokens).toMatchObject([{ lastStep: -1 }]);
      expect((await factors.find(idOf("user1"))).tokens).toMatchObject([{ lastStep: 50 }]);
      expect((await factors.find(idOf("user2"))).tokens).toEqual([]);
    });

    it("takes a secret that counts otherwise for another token", async () => {
      await run(await configuration([HEADER], "tokens: [ { serial: A1, type: totp, secret: JBSWY3DPEHPK3PXP } ]"));
      await use("A1");
      const hotp = "tokens: [ { serial: A1, type: hotp, counter: 7, secret: JBSWY3DPEHPK3PXP } ]";
      await run(await configuration([HEADER], hotp));
      expect((await factors.find(idOf("alice"))).tokens).toMatchObject([
        { type: "hotp", lastStep: 6, lastAnswerId: "" },
      ]);
    });

    it("leaves everything as it is when the file has a mistake", async () => {
      await run(await configuration([HEADER, ...rows(2)]));
      const broken = await run(await configuration([HEADER, row(5), "broken,S6,not base32!"]));
      expect(broken.outcome.outcome).toBe("refused");
      expect((await factors.find(idOf("user1"))).tokens).toHaveLength(1);
      expect((await factors.find(idOf("user5"))).tokens).toEqual([]);
    });

    it("takes over phones, methods and modes, the numbers sealed for their user", async () => {
      const alice = 'phone: "+49 30 901820 x890", language: de, methods: [voice, oath], voiceMode: pin';
      const csv = [
        "name,phone,backupPhone,smsMode,defaultMethod",
        "bob,+14255550100,+14255550101,two-way,sms",
        "carol,,,,",
      ];
      await run(await configuration(csv, alice));
      const found = await factors.find(idOf("alice"));
      expect(found).toMatchObject({ language: "de", allowedMethods: ["voice", "oath"], modes: { voice: "pin" } });
      const phonesOf = (sealed: Uint8Array | undefined, loginName: string) => {
        const bytes = sealer.open(sealed ?? Buffer.alloc(0), userPhonesPlace(idOf(loginName)));
        return bytes && PHONES_MESSAGE.decode(bytes);
      };
      const none = { backupNumber: "", backupExtension: "" };
      expect(phonesOf(found.sealedPhones, "alice")).toEqual({ number: "+4930901820", extension: "890", ...none });
      expect(phonesOf(found.sealedPhones, "bob")).toBeUndefined();
      const bob = await factors.find(idOf("bob"));
      expect(bob).toMatchObject({ defaultMethod: "sms", modes: { sms: "two-way" } });
      expect(phonesOf(bob.sealedPhones, "bob")).toMatchObject({ number: "+14255550100", backupNumber: "+14255550101" });
      await run(await configuration(["name,phone,backupPhone,smsMode,defaultMethod", "bob,,,,"], "language: en"));
      expect((await factors.find(idOf("alice"))).sealedPhones).toBeUndefined();
      expect((await factors.find(idOf("bob"))).defaultMethod).toBeUndefined();
    });

    it("takes over PINs, plain and hashed, and those that go go", async () => {
      const hash = await hasher.hash(Buffer.from("8642"));
      const { outcome } = await run(
        await configuration(["name,pin,pinHash", "bob,1111,", `carol,,"${hash}"`], 'pin: "2580"'),
      );
      expect(outcome).toMatchObject({ changes: { "PINs added or changed": 3, "PINs that nobody may choose": 1 } });
      expect([await checkPin("2580"), await checkPin("1111", "bob"), await checkPin("8642", "carol")]).toEqual(
        Array(3).fill("right"),
      );
      expect([await checkPin("2581"), await checkPin("2580", "bob")]).toEqual(["wrong", "wrong"]);
      expect((await factors.find(idOf("bob"))).pin).toEqual({
        mustChange: false,
        expiresAtMs: NOW_MS + 90 * 86_400_000,
      });
      const next = await run(await configuration(["name,pin,pinHash", "bob,1111,"], 'pin: "2580"'));
      expect(next.outcome).toMatchObject({ changes: { "PINs removed": 1 } });
      expect(await checkPin("8642", "carol")).toBe("none");
    });

    it("leaves a PIN that was set since then, until the file has another one", async () => {
      const setPin = new SetPin({
        pins,
        factors,
        hasher,
        sealer,
        phones: PHONES_MESSAGE,
        clock,
        log,
        settings: SETTINGS,
      });
      await run(await configuration([HEADER], 'pin: "2580"'));
      const set = (pin: string) => setPin.execute({ userId: idOf("alice"), pin, mustChange: false });
      expect(await set("2580")).toEqual({ ok: false, failure: ["used-before"] });
      expect(await set("7531")).toMatchObject({ ok: true });
      await run(await configuration([HEADER, row(1)], 'pin: "2580"'));
      expect(await checkPin("7531")).toBe("right");
      await run(await configuration([HEADER], 'pin: "9264"'));
      expect([await checkPin("9264"), await checkPin("7531")]).toEqual(["right", "wrong"]);
      // What was hers before, by whatever way, is part of her history.
      expect(await set("7531")).toEqual({ ok: false, failure: ["used-before"] });
      await set("1379");
      await run(await configuration([HEADER]));
      expect(await checkPin("1379")).toBe("right");
    });
  });
}
