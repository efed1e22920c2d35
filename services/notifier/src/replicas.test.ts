import type { ProviderSettings } from "@portcullis/configuration";
import { openPglite } from "@portcullis/kit";
import { ChallengeResult, ReachMethod } from "@portcullis/proto";
import { eventually } from "@portcullis/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NotifierWorld, numberOf } from "./testing/notifier-world.js";
import { ACCOUNT_SID, AUTH_TOKEN, TwilioServer } from "./testing/twilio-server.js";

const START_LIMIT_MS = 60_000;
const PUBLIC_URL = "https://mfa.example.test";

/** Two replicas on one database and one key ring. The clock of the second is a part of what is tested. */
let one: NotifierWorld;
let other: NotifierWorld;
let twilio: TwilioServer;
let aheadMs = 0;
let reached: NotifierWorld;
let person = 100;

beforeAll(async () => {
  const databases = await openPglite("memory://");
  one = await NotifierWorld.start({ databases });
  const clock = { nowMs: () => Date.now() + aheadMs };
  other = await NotifierWorld.start({ databases, keyRing: one.keyRing, clock });
  twilio = await TwilioServer.start(PUBLIC_URL, () => reached.url);
  const account = { accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, from: "+14255550100", apiUrl: twilio.url };
  const provider: ProviderSettings = { name: "twilio", type: "twilio", does: ["voice", "sms"], ...account };
  for (const world of [one, other]) await world.configure({ publicUrl: PUBLIC_URL, providers: [provider] });
}, START_LIMIT_MS);
afterAll(async () => {
  await twilio.stop();
  await other.stop();
  await one.stop();
  await one.databases?.close();
});
beforeEach(() => {
  [aheadMs, reached] = [0, one];
  person++;
});

const until = (what: string, holds: () => boolean) => eventually(holds, { what, timeoutMs: 8_000 });

describe("two replicas", () => {
  it("go on with each other's call, and one's close is said by the other", async () => {
    const challenge = one.issued(person, { event: { asksPin: true } });
    await one.issue(challenge);
    await other.issue(challenge); // Its partition has moved, and the event comes again.
    expect(twilio.calls.filter(({ form }) => form["To"] === numberOf(person))).toHaveLength(1);
    const call = twilio.calls.at(-1);
    if (call === undefined) throw new Error("Nobody was called.");
    const heard = await twilio.take(call);
    reached = other;
    const next = twilio.press(call, heard, "2580#");
    await until("the answer", () => other.answersTo(challenge, "call").length === 1);
    await one.close(challenge, ChallengeResult.APPROVED);
    expect((await next).says[0]?.text).toContain("approved");
    await twilio.end(call, "completed");
    expect([...one.outcomesOf(challenge), ...other.outcomesOf(challenge)]).toEqual(["SENT", "DELIVERED"]);
  });

  it("send nothing twice when one has died with it: what became of it is unknown", async () => {
    const challenge = one.issued(person, { method: ReachMethod.SMS });
    twilio.troubles.push("silent");
    const sending = one.issue(challenge); // It never hears what became of it.
    const text = () => twilio.texts.filter(({ form }) => form["To"] === numberOf(person));
    await until("the text", () => text().length === 1);
    await other.issue(challenge);
    expect(other.outcomesOf(challenge)).toEqual([]); // It may be under way still.
    aheadMs = 6_000;
    await other.issue(challenge);
    expect(other.outcomesOf(challenge)).toEqual(["UNKNOWN"]);
    expect(text()).toHaveLength(1);
    twilio.breakOff();
    await sending;
    expect(one.outcomesOf(challenge)).toEqual([]); // It was told already.
  });

  it("tell what nobody comes back to, and end calls that nobody ends", async () => {
    const challenge = one.issued(person, { phones: { backupNumber: "+4930333" } });
    await one.issue(challenge);
    const abandoned = one.issued(person + 1, { method: ReachMethod.SMS });
    twilio.troubles.push("silent");
    const sending = one.issue(abandoned);
    await until("the text", () => twilio.texts.some(({ form }) => form["To"] === numberOf(person + 1)));
    aheadMs = 91_000;
    await until("the sweep's word", () => other.outcomesOf(abandoned).includes("UNKNOWN"));
    // The call has rung too long, and is past its deadline: it is hung up, and no other number is called.
    const call = twilio.calls.findLast(({ form }) => form["To"] === numberOf(person));
    await until("silence", () => call?.status === "canceled");
    expect(twilio.calls.some(({ form }) => form["To"] === "+4930333")).toBe(false);
    twilio.breakOff();
    await sending;
    person++;
  });

  it("hang up a phone that rings for too long, and then call the next number", async () => {
    const challenge = one.issued(person, { deadlineInMs: 300_000, phones: { backupNumber: "+4930444" } });
    await one.issue(challenge);
    const first = twilio.calls.findLast(({ form }) => form["To"] === numberOf(person));
    aheadMs = 76_000;
    await until("the second call", () => twilio.calls.some(({ form }) => form["To"] === "+4930444"));
    expect(first?.status).toBe("canceled");
  });
});
