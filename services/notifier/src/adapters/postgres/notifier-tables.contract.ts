import { createSecretKey, randomBytes } from "node:crypto";
import { type Database, type Databases, PooledRandom, query, Sealer } from "@portcullis/kit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type {
  ChallengeDetails,
  Challenges,
  Deliveries,
  IssuedChallenge,
  Mails,
  NewDelivery,
} from "../../application/ports.js";
import { MIGRATIONS, SCHEMA } from "./migrations.js";
import { PostgresChallenges } from "./postgres-challenges.js";
import { PostgresDeliveries } from "./postgres-deliveries.js";
import { PostgresMails } from "./postgres-mails.js";

const T = 1_790_000_000_000;
const DEADLINE = T + 60_000;
const id = () => randomBytes(16).toString("hex");

const DETAILS: ChallengeDetails = {
  number: "+4930123456",
  extension: "",
  backupNumber: "+4930654321",
  backupExtension: "890",
  language: "de",
  application: "VPN",
  asksPin: true,
  fraudCode: "0",
  twoWay: true,
  code: "482915",
};

function issued(change: Partial<IssuedChallenge> = {}): IssuedChallenge {
  const ids = { challengeId: id(), loginId: id(), userId: id() };
  return { ...ids, method: "voice", deadlineMs: DEADLINE, attempt: 1, notice: "none", details: DETAILS, ...change };
}

function delivery(change: Partial<NewDelivery> = {}): NewDelivery {
  const ids = { challengeId: id(), loginId: id(), userId: id(), step: "text-1", claimedBy: "p1", claimedAtMs: T };
  return { ...ids, method: "sms", recipient: "+49…56", deadlineMs: DEADLINE, ...change };
}

/** The tables of this service on a database: every step is atomic, and what is secret is sealed. */
export function describeNotifierTables(
  name: string,
  open: () => Promise<{ databases: Databases; close(): Promise<void> }>,
): void {
  let opened: Awaited<ReturnType<typeof open>>;
  let db: Database<never>;
  let challenges: Challenges;
  let deliveries: Deliveries;
  let mails: Mails;

  beforeAll(async () => {
    opened = await open();
    db = await opened.databases.open<never>(SCHEMA, MIGRATIONS);
    const key = createSecretKey(randomBytes(32));
    const sealer = new Sealer({ active: 1, sealing: new Map([[1, key]]), digest: key, audit: key }, new PooledRandom());
    challenges = new PostgresChallenges(db, sealer);
    deliveries = new PostgresDeliveries(db);
    mails = new PostgresMails(db, sealer);
  }, 60_000);
  afterAll(() => opened.close());

  describe(`challenges on ${name}`, () => {
    it("are kept with all that was issued; a redelivery changes nothing, a later attempt goes on", async () => {
      const first = issued();
      const kept = await challenges.open(first, undefined, T);
      expect(kept).toMatchObject({ ...first, result: undefined, answeredAttempt: 0 });
      expect(await challenges.open(first, undefined, T + 5)).toEqual(kept);
      const again = { ...first, attempt: 2, notice: "pin-wrong", details: { ...DETAILS, code: "111111" } } as const;
      expect(await challenges.open(again, undefined, T + 9)).toMatchObject({ attempt: 2, details: { code: "111111" } });
      const late = await challenges.open(first, undefined, T + 10);
      expect(late).toMatchObject({ attempt: 2, notice: "pin-wrong", details: { code: "111111" } });
      expect(await challenges.find(first.challengeId)).toEqual(late);
      expect(await challenges.find(id())).toBeUndefined();
    });

    it("stay closed as they were first, also before they were issued", async () => {
      const [one, other] = [issued(), issued()];
      await challenges.open(one, undefined, T);
      expect(await challenges.close({ ...one, result: "approved" }, T)).toMatchObject({ result: "approved" });
      expect(await challenges.close({ ...one, result: "expired" }, T)).toMatchObject({ result: "approved" });
      expect(await challenges.close({ ...other, result: "replaced" }, T)).toBeUndefined();
      expect(await challenges.open(other, undefined, T)).toMatchObject({ result: "replaced", details: DETAILS });
      expect(await challenges.startCall({ ...other, leg: "first" }, T)).toBe(false);
    });

    it("are found by the number that was texted: the newest that is open", async () => {
      const digest = id();
      const [older, newer, late] = [issued(), issued(), issued({ deadlineMs: T + 10 })];
      await challenges.open(older, digest, T);
      await challenges.open(newer, digest, T + 1);
      await challenges.open(late, digest, T + 2);
      const found = async () => (await challenges.findOpenText(digest, T + 20))?.challengeId;
      expect(await found()).toBe(newer.challengeId);
      await challenges.close({ ...newer, result: "approved" }, T + 3);
      expect(await found()).toBe(older.challengeId);
      await challenges.close({ ...older, result: "denied" }, T + 3);
      expect(await found()).toBeUndefined();
    });

    it("begin each leg of a call once, whoever is first", async () => {
      const challenge = issued();
      const { challengeId } = challenge;
      await challenges.open(challenge, undefined, T);
      const start = (leg: "first" | "backup") =>
        Promise.all([1, 2, 3].map(() => challenges.startCall({ challengeId, leg }, T)));
      expect((await start("first")).filter(Boolean)).toHaveLength(1);
      expect((await start("backup")).filter(Boolean)).toHaveLength(1);
      expect((await start("first")).filter(Boolean)).toHaveLength(0);
      expect((await challenges.find(challengeId))?.call).toMatchObject({
        leg: "backup",
        state: "dialling",
        reference: "",
      });
    });

    it("move a call forward only, and end a leg once", async () => {
      const challenge = issued();
      const place = { challengeId: challenge.challengeId, leg: "first" } as const;
      await challenges.open(challenge, undefined, T);
      await challenges.startCall(place, T);
      const by = { provider: "twilio", reference: "CA1" };
      expect((await challenges.moveCall({ ...place, ...by, state: "talking" }, T + 1))?.call.state).toBe("talking");
      expect((await challenges.moveCall({ ...place, ...by, state: "ringing" }, T + 2))?.call).toMatchObject({
        ...by,
        state: "talking",
      });
      expect(await challenges.moveCall({ ...place, ...by, leg: "backup", state: "talking" }, T)).toBeUndefined();
      expect(await challenges.endCall({ ...place, leg: "backup" }, T)).toBe(false);
      expect(await challenges.endCall(place, T)).toBe(true);
      expect(await challenges.endCall(place, T)).toBe(false);
      expect((await challenges.moveCall({ ...place, ...by, state: "talking" }, T + 3))?.call.state).toBe("ended");
    });

    it("list the open calls of a user besides one, and those that are overdue", async () => {
      const userId = id();
      const all = [issued({ userId }), issued({ userId }), issued({ userId, deadlineMs: T + 500_000 })];
      for (const challenge of all) {
        await challenges.open(challenge, undefined, T);
        await challenges.startCall({ ...challenge, leg: "first" }, T + 300_000);
      }
      const [first, second, third] = all.map(({ challengeId }) => challengeId);
      if (first === undefined || second === undefined || third === undefined) throw new Error("Three were issued.");
      const ids = (found: readonly { challengeId: string }[]) => found.map((one) => one.challengeId).sort();
      expect(ids(await challenges.callsOf(userId, first))).toEqual([second, third].sort());
      await challenges.endCall({ challengeId: second, leg: "first" }, T);
      expect(ids(await challenges.callsOf(userId, first))).toEqual([third]);
      const overdue = async (sinceMs: number, endedMs: number) =>
        ids(await challenges.overdueCalls({ sinceMs, endedMs })).filter((one) => one === first || one === third);
      expect(await overdue(T, T)).toEqual([]);
      expect(await overdue(T, DEADLINE + 1)).toEqual([first]);
      expect(await overdue(T + 300_001, T)).toEqual([first, third].sort());
    });

    it("count what was not heard until something is, and know who listens", async () => {
      const challenge = issued();
      const { challengeId } = challenge;
      await challenges.open(challenge, undefined, T);
      expect([await challenges.unheard(challengeId), await challenges.unheard(challengeId)]).toEqual([1, 2]);
      await challenges.listening(challengeId, T + 8);
      await challenges.answered(challengeId, 1);
      await challenges.answered(challengeId, 0);
      const now = await challenges.find(challengeId);
      expect([now?.answeredAttempt, now?.call.unheard, now?.call.listeningUntilMs]).toEqual([1, 0, T + 8]);
    });

    it("are forgotten after their deadline", async () => {
      const old = issued({ deadlineMs: 1_000 });
      await challenges.open(old, undefined, T);
      expect(await challenges.forget(2_000, 10)).toBe(1);
      expect(await challenges.find(old.challengeId)).toBeUndefined();
      expect(await challenges.forget(2_000, 10)).toBe(0);
    });
  });

  describe(`deliveries on ${name}`, () => {
    it("are claimed by one of many", async () => {
      const wanted = delivery();
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, at) => deliveries.claim({ ...wanted, claimedBy: `p${at}` })),
      );
      expect(claims.filter((before) => before === undefined)).toHaveLength(1);
      const before = claims.find((claim) => claim !== undefined);
      expect(before).toMatchObject({ ...wanted, claimedBy: before?.claimedBy, state: undefined, told: false });
      expect(await deliveries.claim({ ...wanted, step: "text-2" })).toBeUndefined();
    });

    it("say more and more, and never less", async () => {
      const one = delivery();
      await deliveries.claim(one);
      const settle = (state: "sent" | "delivered" | "unreachable" | "unknown", more: object = {}) =>
        deliveries.settle({ ...one, state, atMs: T + 1, ...more });
      expect(await settle("sent", { provider: "smpp", reference: "m1" })).toMatchObject({
        state: "sent",
        provider: "smpp",
      });
      expect(await settle("sent")).toBeUndefined();
      expect(await settle("delivered")).toMatchObject({
        state: "delivered",
        provider: "smpp",
        reference: "m1",
        told: false,
      });
      expect(await settle("unreachable")).toMatchObject({ state: "unreachable" });
      expect(await settle("unknown")).toBeUndefined();
      expect(await deliveries.findByReference("smpp", "m1")).toMatchObject({
        challengeId: one.challengeId,
        step: "text-1",
      });
      expect(await deliveries.findByReference("other", "m1")).toBeUndefined();
    });

    it("list what was abandoned and what was not told, until it is", async () => {
      const [abandoned, untold, silent] = [delivery(), delivery(), delivery()];
      for (const one of [abandoned, untold, silent]) await deliveries.claim(one);
      await deliveries.settle({ ...untold, state: "sent", atMs: T + 1 });
      await deliveries.settle({ ...silent, state: "busy", silent: true, atMs: T + 1 });
      const ours = [abandoned, untold, silent].map(({ challengeId }) => challengeId);
      const ids = (found: readonly { challengeId: string }[]) =>
        found.map((one) => one.challengeId).filter((one) => ours.includes(one));
      expect(ids(await deliveries.abandoned(T, 100))).toEqual([]);
      expect(ids(await deliveries.abandoned(T + 1, 100))).toEqual([abandoned.challengeId]);
      expect(ids(await deliveries.untold(T + 1, 100))).toEqual([]);
      expect(ids(await deliveries.untold(T + 2, 100))).toEqual([untold.challengeId]);
      await deliveries.markTold(untold, "delivered"); // Another state than the one that it has now.
      expect(ids(await deliveries.untold(T + 2, 100))).toEqual([untold.challengeId]);
      await deliveries.markTold(untold, "sent");
      expect(ids(await deliveries.untold(T + 2, 100))).toEqual([]);
    });

    it("are kept until what became of them was told", async () => {
      const [told, untold] = [delivery({ claimedAtMs: 1_000 }), delivery({ claimedAtMs: 1_000 })];
      for (const one of [told, untold]) await deliveries.claim(one);
      await deliveries.settle({ ...told, state: "canceled", atMs: T });
      expect(await deliveries.forget(2_000, 10)).toBe(1);
      expect(await deliveries.claim(untold)).toBeDefined();
    });
  });

  describe(`mails on ${name}`, () => {
    const mail = { mailId: "", recipients: ["a@corp.example"], subject: "Fraud", body: "alice" };
    let mailId: string;
    beforeEach(() => {
      mailId = id();
    });
    const claim = async (nowMs: number) => (await mails.claimDue(nowMs, 100)).find((one) => one.mailId === mailId);

    it("are queued once, taken by one, tried again when told, and end once", async () => {
      await mails.queue({ ...mail, mailId }, T);
      await mails.queue({ ...mail, mailId, subject: "Other" }, T);
      expect(await claim(T - 1)).toBeUndefined();
      const taken = await Promise.all([claim(T), claim(T), claim(T)]);
      expect(taken.filter((one) => one !== undefined)).toEqual([{ ...mail, mailId, tries: 0, queuedAtMs: T }]);
      await mails.again(mailId, T + 30);
      expect(await claim(T + 29)).toBeUndefined();
      expect(await claim(T + 30)).toMatchObject({ tries: 1 });
      await mails.end(mailId, "sent", "smtp");
      await mails.again(mailId, T);
      expect(await claim(T + 1_000)).toBeUndefined();
      const rows = await query<{ sealed_mail: unknown; state: string }>(
        db,
        "select sealed_mail, state from notifier.mails where mail_id = $1",
        [mailId],
      );
      expect(rows).toEqual([{ sealed_mail: null, state: "sent" }]);
    });

    it("whose sender died are not sent again", async () => {
      await mails.queue({ ...mail, mailId }, T);
      await claim(T);
      expect(await mails.abandon(T)).not.toContain(mailId);
      expect(await mails.abandon(T + 1)).toContain(mailId);
      expect(await claim(T + 1_000)).toBeUndefined();
      expect(await mails.forget(T + 1, 10_000)).toBeGreaterThan(0);
    });
  });
}
