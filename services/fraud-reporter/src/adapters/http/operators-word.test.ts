import { createSecretKey } from "node:crypto";
import { createLog, KeyedDigest, PooledRandom, Readiness, Unavailable } from "@portcullis/kit";
import { beforeEach, describe, expect, it } from "vitest";
import { ChangeBlock } from "../../application/change-block.js";
import type { AuditedLogin, FraudEvents, FraudLedger, FraudRecords, UserCopy } from "../../application/ports.js";
import { ReportByOperator } from "../../application/report-by-operator.js";
import { DEFAULT_RULES, type FraudReport } from "../../domain/fraud-report.js";
import { BlocksController } from "./blocks.controller.js";
import { FraudReportsController } from "./fraud-reports.controller.js";

const LOGIN_ID = "1".repeat(32);
const alice: UserCopy = { userId: "2".repeat(32), loginName: "alice", enabled: true, generation: 1n };
const login: AuditedLogin = {
  userId: alice.userId,
  userName: "CORP\\Alice",
  client: "vpn",
  station: "pc-1",
  sourceAddress: "192.0.2.1",
};

describe("what an operator says", () => {
  let published: FraudReport[];
  let away: boolean;
  let ready: boolean;
  let logins: Readonly<Record<string, AuditedLogin>>;
  let reports: FraudReportsController;
  let blocks: BlocksController;

  beforeEach(() => {
    [published, away, ready, logins] = [[], false, true, { [LOGIN_ID]: login }];
    const reachable = <Value>(value: Value): Promise<Value> =>
      away ? Promise.reject(new Unavailable("away")) : Promise.resolve(value);
    const users = {
      keep: () => Promise.reject(new Error("nobody keeps users here")),
      named: (name: string) => reachable(name.toLowerCase() === "alice" ? [alice] : []),
    };
    const records: FraudRecords = {
      reports: () => reachable([]),
      blocks: () => reachable([]),
      login: (loginId) => reachable(logins[loginId]),
    };
    const events: Pick<FraudEvents, "fraudReported"> = {
      fraudReported: async (report) => void published.push(await reachable(report)),
    };
    const ledger: FraudLedger = {
      take: () => Promise.reject(new Error("reports come as events")),
      change: (_userId, effectsOf) => reachable(effectsOf({ block: undefined, loginName: "alice" }) !== undefined),
      runOut: () => reachable([]),
    };
    const digest = new KeyedDigest(createSecretKey(Buffer.alloc(32, 8)));
    const parts = { users, records, events, digest, random: new PooledRandom(), clock: { nowMs: () => 5 } };
    const readiness = new Readiness();
    readiness.add("users imported", () => ready);
    reports = new FraudReportsController(new ReportByOperator(parts), records, readiness);
    const settings = { rules: DEFAULT_RULES };
    const log = createLog("test", "silent");
    blocks = new BlocksController(
      new ChangeBlock({ ...parts, ledger, settings, log, onChange: () => undefined }),
      records,
    );
  });

  it("is published with what the audit knows of the login, under one id however often it is said", async () => {
    const told = { user: "Alice", loginId: LOGIN_ID, note: "called", operator: "eve" };
    const first = await reports.report(told);
    expect(await reports.report(told)).toEqual(first);
    expect(first).toMatchObject({ user: "alice", reportId: published[0]?.reportId });
    const { userId: _same, ...context } = login;
    expect(published[0]).toMatchObject({
      ...context,
      userId: alice.userId,
      channel: "command",
      note: "called",
      operator: "eve",
    });
  });

  it("is another report each time when no login is meant", async () => {
    await reports.report({ user: "alice" });
    await reports.report({ user: "alice" });
    expect(new Set(published.map(({ reportId }) => reportId)).size).toBe(2);
  });

  it("may be about a login that has not ended, but not about another user's", async () => {
    logins = {};
    await reports.report({ user: "alice", loginId: LOGIN_ID });
    expect(published).toMatchObject([{ loginId: LOGIN_ID, client: "", userName: "alice" }]);
    logins = { [LOGIN_ID]: { ...login, userId: "3".repeat(32) } };
    await expect(reports.report({ user: "alice", loginId: LOGIN_ID })).rejects.toThrow("another user's");
    expect(published).toHaveLength(1);
  });

  it("is not taken as long as nobody knows what follows from it, or where it could be kept", async () => {
    ready = false;
    await expect(reports.report({ user: "alice" })).rejects.toMatchObject({ status: 503 });
    [ready, away] = [true, true];
    await expect(reports.report({ user: "alice" })).rejects.toMatchObject({ status: 503 });
    await expect(blocks.block({ user: "alice", reason: "x" })).rejects.toMatchObject({ status: 503 });
    expect(published).toEqual([]);
  });

  it.each([
    ["nobody", { user: "" }],
    ["a name of two lines", { user: "al\nice" }],
    ["a NUL", { user: "alice", note: "a\0b" }],
    ["a login id that is none", { user: "alice", loginId: "1234" }],
    ["too long a note", { user: "alice", note: "x".repeat(501) }],
    ["what nobody asked for", { user: "alice", channel: "app" }],
    ["nothing", undefined],
  ])("is refused with %s", async (_what, told) => {
    await expect(reports.report(told)).rejects.toMatchObject({ status: 400 });
  });

  it.each([
    ["no reason", { user: "alice" }],
    ["an empty reason", { user: "alice", reason: "" }],
    ["too many days", { user: "alice", reason: "x", days: 3_651 }],
    ["half a day", { user: "alice", reason: "x", days: 0.5 }],
  ])("blocks nobody with %s", async (_what, told) => {
    await expect(blocks.block(told)).rejects.toMatchObject({ status: 400 });
  });

  it("blocks for as long as a report does, or as it says, and unblocks nobody who is not blocked", async () => {
    const day = new Date(5 + 86_400_000).toISOString();
    expect(await blocks.block({ user: "alice", reason: "x" })).toEqual({
      user: "alice",
      until: new Date(5 + 90 * 86_400_000).toISOString(),
    });
    expect(await blocks.block({ user: "alice", reason: "x", days: 1 })).toEqual({ user: "alice", until: day });
    expect(await blocks.block({ user: "alice", reason: "x", days: 0 })).toEqual({ user: "alice", until: null });
    await expect(blocks.unblock({ user: "alice", reason: "x" })).rejects.toMatchObject({ status: 409 });
    await expect(blocks.unblock({ user: "nobody", reason: "x" })).rejects.toMatchObject({ status: 404 });
  });
});
