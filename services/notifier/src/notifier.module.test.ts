import { randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { query } from "@portcullis/kit";
import { ChallengeResult, MailKind, MailRequestedSchema, Notice, ReachMethod } from "@portcullis/proto";
import { eventually } from "@portcullis/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NotifierWorld, numberOf, OUTBOX } from "./testing/notifier-world.js";

const START_LIMIT_MS = 60_000;

let world: NotifierWorld;
let person = 0;

beforeAll(async () => {
  world = await NotifierWorld.start();
}, START_LIMIT_MS);
afterAll(() => world.stop());
beforeEach(async () => {
  person++;
  await world.configure({ providers: [OUTBOX] });
});

const until = (what: string, holds: () => boolean) => eventually(holds, { what, timeoutMs: 5_000 });
const entriesOf = (challengeId: string) => world.outbox.filter((entry) => entry.challengeId === challengeId);

describe("a call", () => {
  it("rings, is taken, says what to press, and tells the answer to whoever judges it", async () => {
    const challenge = world.issued(person);
    await world.issue(challenge);
    expect(world.outcomesOf(challenge)).toEqual(["SENT"]);
    const [call] = entriesOf(challenge.challengeId);
    expect(call).toMatchObject({ kind: "call", state: "ringing", to: numberOf(person) });
    expect(call?.lines.join(" ")).toContain("Corp VPN");
    expect(call?.lines.join(" ")).toContain("press 0 and then the hash key");
    const pressing = world.act({ press: "#" });
    await until("an answer", () => world.answersTo(challenge, "call").length === 1);
    await world.close(challenge, ChallengeResult.APPROVED);
    const { entry } = await pressing;
    expect(world.answersTo(challenge, "call")).toEqual([""]);
    expect(entry).toMatchObject({ state: "ended" });
    expect(entry?.lines.at(-1)).toBe("Thank you. Your sign-in has been approved. Goodbye.");
    expect(world.outcomesOf(challenge)).toEqual(["SENT", "DELIVERED"]);
  });

  it("asks again for a PIN that was wrong, in the same call, and rings nobody twice", async () => {
    const challenge = world.issued(person, { event: { asksPin: true } });
    await world.issue(challenge);
    const first = world.act({ press: "1111#" });
    await until("an answer", () => world.answersTo(challenge, "call").length === 1);
    await world.issue({ ...challenge, attempt: 2, notice: Notice.PIN_WRONG });
    expect((await first).entry?.lines.at(-3)).toBe("That PIN was not correct.");
    const second = world.act({ press: "2580#" });
    await until("the second answer", () => world.answersTo(challenge, "call").length === 2);
    await world.close(challenge, ChallengeResult.FRAUD);
    expect((await second).entry?.lines.at(-1)).toContain("reported as fraud");
    expect(world.answersTo(challenge, "call")).toEqual(["1111", "2580"]);
    expect(world.answered.filter((one) => one.challengeId === challenge.challengeId).map((one) => one.attempt)).toEqual(
      [1, 2],
    );
    expect(entriesOf(challenge.challengeId)).toHaveLength(1);
  });

  it("takes keys without the closing one for no answer, and gives up on silence", async () => {
    const challenge = world.issued(person, { event: { asksPin: true } });
    await world.issue(challenge);
    expect((await world.act({ press: "12" })).entry?.state).toBe("talking");
    expect((await world.act({ press: "#" })).entry?.state).toBe("talking");
    expect((await world.act({ press: "" })).entry?.state).toBe("ended");
    expect(world.answersTo(challenge, "call")).toEqual([]);
    await until("the end is told", () => world.outcomesOf(challenge).includes("HUNG_UP"));
  });

  it("goes to the backup number, whose extension is dialled, when the first is busy", async () => {
    const phones = { backupNumber: "+493099999", backupExtension: "890" };
    const challenge = world.issued(person, { phones });
    await world.issue(challenge);
    await world.act({ end: "busy" });
    expect(entriesOf(challenge.challengeId).map(({ to }) => to)).toEqual([numberOf(person), "+493099999 x890"]);
    expect(world.outcomesOf(challenge)).toEqual(["SENT", "SENT"]);
    await world.act({ end: "no-answer" });
    expect(world.outcomesOf(challenge)).toEqual(["SENT", "SENT", "NO_ANSWER"]);
  });

  it("is hung up when its challenge is over, and before the next one of the login is dialled", async () => {
    const challenge = world.issued(person);
    await world.issue(challenge);
    const next = world.issued(person, { loginId: challenge.context?.loginId ?? "" });
    await world.issue(next);
    const list = await fetchOutbox();
    expect(list.find((one) => one.challengeId === challenge.challengeId)?.state).toBe("ended");
    expect(list.find((one) => one.challengeId === next.challengeId)?.state).toBe("ringing");
    await world.close(next, ChallengeResult.EXPIRED);
    await eventually(async () => (await fetchOutbox()).every(({ state }) => state !== "ringing"), { what: "silence" });
  });

  it("is not made for a challenge that was closed before it came", async () => {
    const challenge = world.issued(person);
    await world.close(challenge, ChallengeResult.REPLACED);
    await world.bus.drained(5_000);
    await world.issue(challenge);
    expect(entriesOf(challenge.challengeId)).toEqual([]);
    expect(world.outcomesOf(challenge)).toEqual([]);
  });

  it("tells the caller the end that comes while she listens, and presses nothing", async () => {
    const challenge = world.issued(person);
    await world.issue(challenge);
    await world.act({ press: "" });
    await world.close(challenge, ChallengeResult.DENIED);
    await world.bus.drained(5_000);
    const call = (await fetchOutbox()).find((one) => one.challengeId === challenge.challengeId);
    expect(call).toMatchObject({ state: "ended" });
    expect(call?.lines.at(-1)).toBe("The sign-in has been denied. Goodbye.");
  });
});

describe("a text", () => {
  const sms = (event: object = {}) => world.issued(person, { method: ReachMethod.SMS, event });

  it("has its code first; a redelivery and a resend of a one-way text send nothing", async () => {
    const challenge = sms();
    await world.issue(challenge);
    await world.issue(challenge);
    await world.issue({ ...challenge, attempt: 2, notice: Notice.CODE_WRONG });
    const [text, ...more] = entriesOf(challenge.challengeId);
    expect(text?.lines).toEqual(["482915 is your sign-in code for Corp VPN."]);
    expect(more).toEqual([]);
    expect(world.outcomesOf(challenge)).toEqual(["SENT"]);
  });

  it("with an answer by text: the reply goes to the newest open one, a wrong one gets a new text", async () => {
    const older = sms({ twoWay: true });
    const newer = sms({ twoWay: true, asksPin: true });
    await world.issue(older);
    await world.issue(newer);
    expect(entriesOf(newer.challengeId)[0]?.lines[0]).toContain("followed by your PIN. Not you? Reply 0.");
    await world.act({ reply: " 482915 1234 " });
    expect(world.answersTo(newer, "text")).toEqual(["482915 1234"]);
    await world.issue({ ...newer, attempt: 2, notice: Notice.CODE_WRONG });
    expect(entriesOf(newer.challengeId)[1]?.lines[0]).toContain("Your last reply was not correct.");
    await world.close(newer, ChallengeResult.APPROVED);
    await world.bus.drained(5_000);
    await world.act({ reply: "0" });
    expect(world.answersTo(older, "text")).toEqual(["0"]);
  });

  it("that belongs to nobody is counted and dropped", async () => {
    const challenge = sms();
    await world.issue(challenge);
    await world.close(challenge, ChallengeResult.APPROVED);
    await world.bus.drained(5_000);
    const dropped = async () => Number(/dropped_total (\d+)/.exec(await world.metrics.metrics())?.[1]);
    const before = await dropped();
    expect((await world.act({ reply: "482915" })).status).toBe(404);
    expect(await dropped()).toBe(before + 1);
    expect(world.answersTo(challenge, "text")).toEqual([]);
  });

  it("of the configuration stands before the built-in one; one that is wrong does not", async () => {
    const texts = { en: { "sms.oneWay": "{{code}}! {{application}}", "sms.twoWay": "{{code}} {{password}}" } };
    await world.configure({ providers: [OUTBOX], texts });
    const [oneWay, twoWay] = [sms(), sms({ twoWay: true, fraudCode: "" })];
    await world.issue(oneWay);
    await world.issue(twoWay);
    expect(entriesOf(oneWay.challengeId)[0]?.lines).toEqual(["482915! Corp VPN"]);
    expect(entriesOf(twoWay.challengeId)[0]?.lines[0]).toBe(
      "482915 is your code for Corp VPN. To sign in, reply with this code.",
    );
  });
});

describe("what can't be done", () => {
  it("is told at once where the configuration has no provider", async () => {
    for (const settings of [undefined, { providers: [] }]) {
      await world.configure(settings);
      for (const method of [ReachMethod.VOICE, ReachMethod.SMS]) {
        const challenge = world.issued(person++, { method });
        await world.issue(challenge);
        expect(world.outcomesOf(challenge)).toEqual(["NO_PROVIDER"]);
      }
    }
  });

  it("is left alone past its deadline, and where the app is meant", async () => {
    const late = world.issued(person, { deadlineInMs: -1 });
    const app = world.issued(person, { method: ReachMethod.APP });
    for (const challenge of [late, app]) {
      await world.issue(challenge);
      expect(world.outcomesOf(challenge)).toEqual([]);
    }
    expect(entriesOf(late.challengeId)).toEqual([]);
  });

  it("is poison when its numbers were sealed for another challenge", async () => {
    const challenge = world.issued(person);
    const other = world.issued(person);
    const moved = { ...challenge, sealedPhones: other.sealedPhones };
    await world.issue(moved);
    expect(entriesOf(challenge.challengeId)).toEqual([]);
    const dead = await world.metrics.getSingleMetricAsString("portcullis_events_dead_total");
    expect(dead).toContain('{topic="portcullis.challenge-issued.v1"} 1');
  });

  it("is unknown, and not sent, when its sender died between the claim and the sending", async () => {
    const challenge = world.issued(person, { method: ReachMethod.SMS });
    const db = await world.db();
    const claimedAtMs = Date.now() - 6_000;
    await query(
      db,
      `insert into notifier.deliveries
         (challenge_id, step, login_id, user_id, method, recipient, deadline_ms, claimed_by, claimed_at_ms)
       values ($1, 'text-1', $2, $3, 'sms', '+49…01', $4, 'another process', $5)`,
      [
        challenge.challengeId,
        challenge.context?.loginId,
        challenge.userId,
        Number(challenge.context?.deadlineMs),
        claimedAtMs,
      ],
    );
    await world.issue(challenge);
    expect(world.outcomesOf(challenge)).toEqual(["UNKNOWN"]);
    expect(entriesOf(challenge.challengeId)).toEqual([]);
  });

  it("keeps no number and no code in clear", async () => {
    const challenge = world.issued(person, { method: ReachMethod.SMS, code: "739204" });
    await world.issue(challenge);
    const db = await world.db();
    const rows = await query<Record<string, unknown>>(
      db,
      "select to_jsonb(c)::text as c, encode(c.sealed_details, 'escape') as s, to_jsonb(d)::text as d from notifier.challenges c join notifier.deliveries d using (challenge_id) where challenge_id = $1",
      [challenge.challengeId],
    );
    expect(rows).toHaveLength(1);
    const text = JSON.stringify(rows);
    expect(text).toContain("+49…");
    for (const secret of [numberOf(person).slice(3), "739204"]) expect(text).not.toContain(secret);
  });
});

describe("a mail", () => {
  const request = (mailId: string) =>
    create(MailRequestedSchema, {
      mailId,
      kind: MailKind.FRAUD_REPORTED,
      recipients: ["security@corp.example", "it@corp.example"],
      language: "de",
      fields: { userName: "alice\r\nBcc: x", application: "Corp VPN" },
    });

  it("goes out once, in its language, with what is known", async () => {
    const mailId = randomBytes(16).toString("hex");
    for (const _ of [1, 2]) await world.bus.publish(MailRequestedSchema, mailId, request(mailId));
    const mails = () => world.outbox.filter(({ kind }) => kind === "mail");
    await until("a mail", () => mails().length > 0);
    await new Promise((resolve) => setTimeout(resolve, 1_200)); // A whole turn of the queue: a second one would be there.
    expect(mails()).toHaveLength(1);
    expect(mails()[0]).toMatchObject({
      to: "security@corp.example, it@corp.example",
      subject: "Betrug gemeldet: alice Bcc: x bei Corp VPN",
    });
    expect(mails()[0]?.lines).toContain("Station:       -");
  });
});

async function fetchOutbox() {
  const headers = { authorization: "Bearer test-api-key-0123456789" };
  const response = await fetch(`${world.url}/internal/outbox`, { headers });
  return ((await response.json()) as { entries: typeof world.outbox }).entries;
}
