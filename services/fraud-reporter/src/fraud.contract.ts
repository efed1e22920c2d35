import { createSecretKey } from "node:crypto";
import { createLog, type Database, type Databases, KeyedDigest, PooledRandom, query } from "@portcullis/kit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { migrations, SCHEMA } from "./adapters/postgres/migrations.js";
import { PostgresAuditTrail } from "./adapters/postgres/postgres-audit-trail.js";
import { PostgresFraudLedger } from "./adapters/postgres/postgres-fraud-ledger.js";
import { PostgresFraudRecords } from "./adapters/postgres/postgres-fraud-records.js";
import { PostgresOutbox } from "./adapters/postgres/postgres-outbox.js";
import { PostgresUserCopies } from "./adapters/postgres/postgres-user-copies.js";
import { ChangeBlock } from "./application/change-block.js";
import { EndBlocks } from "./application/end-blocks.js";
import type { BlockState } from "./application/ports.js";
import { RecordReport } from "./application/record-report.js";
import { VerifyAudit } from "./application/verify-audit.js";
import { AuditChain } from "./domain/audit-chain.js";
import { EMPTY_HEAD } from "./domain/audit-row.js";
import { DEFAULT_RULES, type FraudReport, type FraudRules } from "./domain/fraud-report.js";

const DAY_MS = 86_400_000;
const T = 1_790_000_000_000;
const ALL = 1_000;
const chain = new AuditChain(createSecretKey(Buffer.alloc(32, 7)));
const digest = new KeyedDigest(createSecretKey(Buffer.alloc(32, 8)));
const log = createLog("test", "silent");
const idOf = (number: number): string => number.toString(16).padStart(32, "0");

/** As the first version wrote it: without kind and details. */
const OLD_INSERT = `
  insert into fraud_reporter.audit (sequence, login_id, client, user_id, user_known, user_name, station, source_address,
    verdict, result_code, token_serial, claimed_at_ms, decided_at_ms, mac)
  values (1, $1, 'vpn', 'u1', true, 'alice', '', '192.0.2.1', 'accept', 'SUCCESS_OATH_CODE_VERIFIED', 'T1', 1000, 2000, $2)`;
const OLD_LOGIN = {
  kind: "login",
  id: "00112233445566778899aabbccddeeff",
  client: "vpn",
  userId: "u1",
  userKnown: true,
  userName: "alice",
  station: "",
  sourceAddress: "192.0.2.1",
  verdict: "accept",
  resultCode: "SUCCESS_OATH_CODE_VERIFIED",
  tokenSerial: "T1",
  claimedAtMs: 1_000,
  decidedAtMs: 2_000,
  details: "",
};

/** Reports and blocks on a database: each report counts once, and what it leads to is there with it or not at all. */
export function describeFraud(
  name: string,
  open: () => Promise<{ databases: Databases; close(): Promise<void> }>,
): void {
  describe(`reports and blocks on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let db: Database<never>;
    let ledger: PostgresFraudLedger;
    let outbox: PostgresOutbox;
    let records: PostgresFraudRecords;
    let users: PostgresUserCopies;
    let rules: FraudRules;
    let nowMs = T;
    let number = 0;
    /** A user of each test's own. */
    let userId: string;
    let loginName: string;

    const clock = { nowMs: () => nowMs };
    const settings = {
      get rules() {
        return rules;
      },
    };
    const parts = () => ({
      ledger,
      users,
      settings,
      digest,
      clock,
      random: new PooledRandom(),
      log,
      onChange: () => undefined,
    });
    const record = (report: FraudReport) => new RecordReport(parts()).execute(report);
    const changeBlock = () => new ChangeBlock(parts());
    const verify = () => new VerifyAudit(new PostgresAuditTrail(db), chain).execute();
    const reportOf = (change: Partial<FraudReport> = {}): FraudReport => ({
      reportId: idOf(++number),
      userId,
      userName: `CORP\\${loginName}`,
      loginId: idOf(7),
      client: "vpn",
      application: "Company VPN",
      station: "203.0.113.9",
      sourceAddress: "192.0.2.1",
      channel: "app",
      reportedAtMs: nowMs - 5_000,
      operator: "",
      note: "",
      ...change,
    });
    const blocksOf = (history = true) => records.blocks({ userName: loginName, limit: ALL }, history);
    const stateOf = async (): Promise<BlockState | undefined> =>
      (await outbox.blocks(ALL)).find((state) => state.userId === userId);
    const mailsOf = async () =>
      (await outbox.mails(ALL)).filter(({ fields }) => fields["userName"]?.endsWith(loginName));
    const auditOf = async () =>
      (await new PostgresAuditTrail(db).rowsAfter(0, ALL))
        .filter(({ entry }) => entry.userId === userId)
        .map(({ entry }) => entry.kind);

    beforeAll(async () => {
      opened = await open();
      const { "0001_audit": audit, "0002_sessions": sessions } = migrations;
      if (audit === undefined || sessions === undefined) throw new Error("the first migrations are gone");
      const old = await opened.databases.open<never>(SCHEMA, { "0001_audit": audit, "0002_sessions": sessions });
      const { mac } = chain.append(EMPTY_HEAD, OLD_LOGIN);
      await query(old, OLD_INSERT, [OLD_LOGIN.id, mac]);
      await query(old, "update fraud_reporter.audit_head set sequence = 1, mac = $1", [mac]);
      db = await opened.databases.open<never>(SCHEMA, migrations);
      ledger = new PostgresFraudLedger(db, chain);
      outbox = new PostgresOutbox(db);
      records = new PostgresFraudRecords(db);
      users = new PostgresUserCopies(db);
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      nowMs = T;
      rules = DEFAULT_RULES;
      userId = idOf(1_000 + ++number);
      loginName = `alice${number}`;
      await users.keep({ userId, loginName, enabled: true, generation: 1n });
    });

    it("goes on behind a chain that the version before wrote", async () => {
      expect(await verify()).toMatchObject({ intact: true, rows: 1 });
      await record(reportOf());
      expect(await verify()).toMatchObject({ intact: true, rows: 3 });
    });

    it("takes a report once, with its block, its audit rows and its mail, whoever brings it and however often", async () => {
      rules = { ...DEFAULT_RULES, mail: ["security@corp.example"], language: "de" };
      const report = reportOf();
      await Promise.all(Array.from({ length: 8 }, () => record(report)));
      await record({ ...report, note: "told again" });
      const listed = await records.reports({ userName: loginName, limit: ALL });
      expect(listed).toEqual([{ report, loginName, blockId: report.reportId }]);
      const untilMs = T + 90 * DAY_MS;
      expect(await blocksOf()).toMatchObject([{ block: { untilMs, by: { kind: "report", name: report.reportId } } }]);
      expect(await stateOf()).toMatchObject({ generation: 1, block: { untilMs } });
      expect(await auditOf()).toEqual(["fraud-reported", "user-blocked"]);
      expect(await mailsOf()).toMatchObject([
        {
          mailId: digest.hex("fraud-mail", report.reportId),
          recipients: ["security@corp.example"],
          language: "de",
          fields: { application: "Company VPN", channel: "app", sourceAddress: "192.0.2.1", station: "203.0.113.9" },
        },
      ]);
      expect(await verify()).toMatchObject({ intact: true });
    });

    it("keeps a report without a block where none is wanted, and of a user whom nobody has named", async () => {
      rules = { ...DEFAULT_RULES, block: false };
      const report = reportOf({ userId: idOf(999_999), userName: `x\\${loginName}x` });
      await record(report);
      expect(await records.reports({ userName: `${loginName}x`, limit: ALL })).toMatchObject([{ blockId: "" }]);
      expect((await outbox.blocks(ALL)).some((state) => state.userId === report.userId)).toBe(false);
    });

    it("writes nothing at all when a part can't be written", async () => {
      const report = reportOf();
      const impossible = { ...OLD_LOGIN, id: "a\0b" }; // No text of PostgreSQL's.
      await expect(ledger.take(report, () => ({ change: undefined, audit: [impossible] }))).rejects.toThrow();
      expect(await records.reports({ userName: loginName, limit: ALL })).toEqual([]);
      await record(report);
      expect(await records.reports({ userName: loginName, limit: ALL })).toHaveLength(1);
    });

    it("never shortens a block by a report, and lengthens it by one that lasts longer", async () => {
      const changes = changeBlock();
      await changes.block({ userName: loginName, reason: "left", operator: "eve" }, 0);
      await record(reportOf());
      expect(await blocksOf()).toMatchObject([{ block: { untilMs: 0, reason: "left" }, end: undefined }]);
      await changes.block({ userName: loginName, reason: "a day", operator: "eve" }, 1);
      const report = reportOf();
      await record(report);
      const [now, day, left] = (await blocksOf()).toSorted((one, other) =>
        one.end === undefined ? -1 : other.end === undefined ? 1 : 0,
      );
      expect(now).toMatchObject({ block: { blockId: report.reportId, untilMs: T + 90 * DAY_MS } });
      expect([day?.end?.by, left?.end?.by]).toEqual(
        expect.arrayContaining([
          { kind: "report", name: report.reportId },
          { kind: "operator", name: "eve" },
        ]),
      );
      expect(await stateOf()).toMatchObject({ generation: 3, block: { untilMs: T + 90 * DAY_MS } });
    });

    it("unblocks by an operator's word, once, and no redelivered report blocks her again", async () => {
      const changes = changeBlock();
      const report = reportOf();
      await record(report);
      const word = { userName: `${loginName}@corp.example`, reason: "was a mistake", operator: "bob" };
      expect(await changes.unblock(word)).toMatchObject({ ok: true, value: { userId } });
      expect(await changes.unblock(word)).toEqual({ ok: false, failure: "not-blocked" });
      await record(report);
      expect(await blocksOf(false)).toEqual([]);
      expect(await blocksOf()).toMatchObject([
        { end: { by: { kind: "operator", name: "bob" }, reason: "was a mistake" } },
      ]);
      expect(await stateOf()).toEqual({ userId, generation: 2, block: undefined });
      expect(await auditOf()).toEqual(["fraud-reported", "user-blocked", "user-unblocked"]);
    });

    it("blocks nobody by a name that nobody has, or that two have", async () => {
      const word = { userName: "nobody", reason: "x", operator: "" };
      expect(await changeBlock().block(word, 1)).toEqual({ ok: false, failure: "user-unknown" });
      const other = { userId: idOf(1), loginName, enabled: false, generation: 1n };
      await users.keep(other); // Another one's name, once.
      expect(await changeBlock().block({ ...word, userName: loginName }, 1)).toMatchObject({
        value: { user: { userId } },
      });
      await users.keep({ ...other, enabled: true, generation: 2n });
      const alike = { ...word, userName: loginName };
      expect(await changeBlock().block(alike, 1)).toEqual({ ok: false, failure: "users-named-alike" });
    });

    it("ends a block when its time is over, and not before", async () => {
      const end = new EndBlocks(parts());
      await changeBlock().block({ userName: loginName, reason: "a day", operator: "eve" }, 1);
      nowMs = T + DAY_MS - 1;
      await end.execute();
      expect(await blocksOf(false)).toHaveLength(1);
      nowMs = T + DAY_MS;
      await Promise.all([end.execute(), new EndBlocks(parts()).execute()]);
      expect(await blocksOf(false)).toEqual([]);
      expect(await blocksOf()).toMatchObject([{ end: { atMs: T + DAY_MS, by: { kind: "time" } } }]);
      expect(await stateOf()).toEqual({ userId, generation: 2, block: undefined });
      expect(await auditOf()).toEqual(["user-blocked", "user-unblocked"]);
    });

    it("blocks anew what had run out without anybody's writing it down", async () => {
      await changeBlock().block({ userName: loginName, reason: "a day", operator: "eve" }, 1);
      nowMs = T + 2 * DAY_MS;
      await record(reportOf());
      expect(await blocksOf(false)).toMatchObject([{ block: { reason: "fraud reported" } }]);
      expect((await blocksOf()).filter((one) => one.end?.by.kind === "time")).toHaveLength(1);
    });

    it("has to tell what was not told, and the newest once more when an older state was told after it", async () => {
      await record(reportOf());
      const first = await stateOf();
      if (first === undefined) throw new Error("nothing is to be told");
      await outbox.blockTold(first);
      expect(await stateOf()).toBeUndefined();
      await changeBlock().unblock({ userName: loginName, reason: "x", operator: "" });
      const second = await stateOf();
      if (second === undefined) throw new Error("nothing is to be told");
      await outbox.blockTold(second);
      expect(await stateOf()).toBeUndefined();
      await outbox.blockTold(first); // Another replica was slow.
      expect(await stateOf()).toEqual(second);
    });

    it("has to send a mail until it was asked for", async () => {
      rules = { ...DEFAULT_RULES, mail: ["a@corp.example"] };
      await record(reportOf());
      const word = { userName: loginName, reason: "x", operator: "" };
      await Promise.all([changeBlock().unblock(word), changeBlock().unblock(word)]);
      const mails = await mailsOf();
      expect(mails.map(({ kind }) => kind).toSorted()).toEqual(["fraud-reported", "user-unblocked"]);
      for (const { mailId } of mails) await outbox.mailTold(mailId);
      expect(await mailsOf()).toEqual([]);
    });

    it("lists reports by name, time and number, the newest first", async () => {
      for (const reportedAtMs of [T, T + 1_000, T + 2_000]) await record(reportOf({ reportedAtMs }));
      const timesOf = async (wanted: { sinceMs?: number; limit: number }) =>
        (await records.reports({ userName: loginName, ...wanted })).map(({ report }) => report.reportedAtMs - T);
      expect(await timesOf({ limit: 2 })).toEqual([2_000, 1_000]);
      expect(await timesOf({ sinceMs: T + 1_000, limit: ALL })).toEqual([2_000, 1_000]);
    });

    it("knows a user by her newest name, and no login that the audit has of another kind", async () => {
      await users.keep({ userId, loginName: `new${loginName}`, enabled: true, generation: 3n });
      await users.keep({ userId, loginName: `old${loginName}`, enabled: true, generation: 2n });
      expect(await users.named(`NEW${loginName}`)).toMatchObject([{ userId }]);
      expect(await users.named(`old${loginName}`)).toEqual([]);
      expect(await records.login(OLD_LOGIN.id)).toMatchObject({ userId: "u1", client: "vpn" });
      const report = reportOf();
      await record(report);
      expect(await records.login(`fraud-reported:${report.reportId}`)).toBeUndefined();
    });
  });
}
