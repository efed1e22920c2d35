import { createSecretKey } from "node:crypto";
import { type Database, type Databases, query } from "@portcullis/kit";
import type { ExchangeId, GatewayId, LoginId, LoginOutcome, UserId, UserKey } from "@portcullis/login";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrations, SCHEMA } from "./adapters/postgres/migrations.js";
import { PostgresAuditTrail } from "./adapters/postgres/postgres-audit-trail.js";
import { RecordLogin } from "./application/record-login.js";
import { VerifyAudit } from "./application/verify-audit.js";
import { AuditChain, chainEntries } from "./domain/audit-chain.js";
import { actionEntryOf } from "./domain/audit-row.js";

const chain = new AuditChain(createSecretKey(Buffer.alloc(32, 7)));

function outcomeOf(number: number, change: Partial<LoginOutcome> = {}): LoginOutcome {
  const id = number.toString(16).padStart(32, "0");
  return {
    context: {
      loginId: id as LoginId,
      exchangeId: id as ExchangeId,
      userKey: "k" as UserKey,
      gatewayId: "g" as GatewayId,
      client: "vpn",
      userName: `alice${number}`,
      station: "203.0.113.9",
      sourceAddress: "192.0.2.1",
      claimedAtMs: 1_790_000_000_000 + number,
      deadlineMs: 1_790_000_030_000,
    },
    verdict: "accept",
    resultCode: "SUCCESS_OATH_CODE_VERIFIED",
    userId: "u1" as UserId,
    userKnown: true,
    tokenSerial: "T1",
    // As versions before it wrote them, and with how she was asked.
    method: number % 2 === 0 ? "" : "oath",
    challengeId: "",
    decidedAtMs: 1_790_000_001_000,
    ...change,
  };
}

/** The audit on a database: one row a login, an unbroken chain, and every kind of break is seen. */
export function describeAudit(
  name: string,
  open: () => Promise<{ databases: Databases; close(): Promise<void> }>,
): void {
  describe(`audit on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let db: Database<never>;
    let trail: PostgresAuditTrail;
    let verify: VerifyAudit;

    beforeAll(async () => {
      opened = await open();
      db = await opened.databases.open<never>(SCHEMA, migrations);
      trail = new PostgresAuditTrail(db);
      verify = new VerifyAudit(trail, chain);
    });
    afterAll(() => opened.close());

    it("writes one row a login, whatever comes again, from two writers at once", async () => {
      const writers = [new RecordLogin(trail, chain), new RecordLogin(trail, chain)];
      const numbers = Array.from({ length: 300 }, (_, number) => number + 1);
      await Promise.all(writers.flatMap((writer) => numbers.map((number) => writer.execute(outcomeOf(number)))));
      expect(await verify.execute()).toMatchObject({ intact: true, rows: 300 });
    });

    it("appends behind what another writer appended, and what it has itself", async () => {
      const first = new RecordLogin(new PostgresAuditTrail(db), chain);
      const second = new RecordLogin(new PostgresAuditTrail(db), chain);
      const twice = (number: number) => [first.execute(outcomeOf(number)), first.execute(outcomeOf(number))];
      for (const number of [301, 302]) await Promise.all(twice(number));
      for (const number of [302, 303, 304]) await second.execute(outcomeOf(number));
      await Promise.all([303, 305, 305, 306].map((number) => first.execute(outcomeOf(number))));
      expect(await verify.execute()).toMatchObject({ intact: true, rows: 306 });
    });

    it("keeps the first outcome of a login", async () => {
      await new RecordLogin(trail, chain).execute(
        outcomeOf(1, { resultCode: "FAILED_STATE_INVALID", verdict: "reject" }),
      );
      const rows = await trail.rowsAfter(0, 1_000);
      const login = rows.find((row) => row.entry.id === outcomeOf(1).context.loginId);
      expect(login?.entry.resultCode).toBe("SUCCESS_OATH_CODE_VERIFIED");
      expect(rows).toHaveLength(306);
    });

    it("has rows of other kinds between logins, each once", async () => {
      const reported = actionEntryOf({
        kind: "fraud-reported",
        id: "r1",
        userId: "u1",
        userName: "alice",
        happenedAtMs: 1_790_000_002_000,
        recordedAtMs: 1_790_000_003_000,
        details: { channel: "app", note: "not me" },
      });
      for (let time = 0; time < 2; time++) {
        await trail.append([reported], (head, fresh) => chainEntries(chain, head, fresh));
      }
      await new RecordLogin(trail, chain).execute(outcomeOf(400));
      expect(await verify.execute()).toMatchObject({ intact: true, rows: 308 });
      expect((await trail.rowsAfter(306, 1))[0]?.entry).toEqual(reported);
    });

    it("knows an end that was exported earlier", async () => {
      const rows = await trail.rowsAfter(99, 1);
      const witness = { sequence: 100, mac: rows[0]?.mac ?? "" };
      expect(await verify.execute(witness)).toMatchObject({ intact: true });
      expect(await verify.execute({ ...witness, mac: "f".repeat(64) })).toMatchObject({ intact: false });
      expect(await verify.execute({ ...witness, sequence: 309 })).toMatchObject({ intact: false });
    });

    it.each([
      ["a changed row", "update fraud_reporter.audit set result_code = 'SUCCESS_X' where sequence = 150", 150],
      [
        "a changed detail",
        `update fraud_reporter.audit set details = replace(details, 'not', 'nou') where sequence = 307`,
        307,
      ],
      ["another kind", "update fraud_reporter.audit set kind = 'user-unblocked' where sequence = 307", 307],
      ["an action passed off as a login", "update fraud_reporter.audit set kind = 'login' where sequence = 307", 307],
      [
        "a login passed off as an action",
        "update fraud_reporter.audit set kind = 'user-blocked' where sequence = 150",
        150,
      ],
      ["a detail of a login", "update fraud_reporter.audit set details = '{}' where sequence = 150", 150],
      ["a verdict of an action", "update fraud_reporter.audit set verdict = 'accept' where sequence = 307", 307],
      [
        "another method of a login",
        "update fraud_reporter.audit set details = replace(details, 'oath', 'nath') where details like '%oath%'",
        /"brokenAt":\d/,
      ],
      ["a removed row", "delete from fraud_reporter.audit where sequence = 140", 140],
      ["a removed end", "delete from fraud_reporter.audit where sequence > 130", 131],
    ])("sees %s", async (_what, statement, brokenAt) => {
      await expect(
        db.transaction().execute(async (transaction) => {
          await query(transaction, statement, []);
          const inside = new VerifyAudit(new PostgresAuditTrail(transaction), chain);
          throw new Error(JSON.stringify(await inside.execute())); // Rolls the damage back.
        }),
      ).rejects.toThrow(typeof brokenAt === "number" ? `"brokenAt":${brokenAt}` : brokenAt);
    });
  });
}
