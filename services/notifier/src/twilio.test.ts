import type { ProviderSettings } from "@portcullis/configuration";
import { ChallengeResult, Notice, ReachMethod } from "@portcullis/proto";
import { eventually } from "@portcullis/testkit";
import { getExpectedTwilioSignature as sign } from "twilio/lib/webhooks/webhooks.js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NotifierWorld, numberOf, OUTBOX } from "./testing/notifier-world.js";
import { ACCOUNT_SID, AUTH_TOKEN, type PlacedCall, TwilioServer } from "./testing/twilio-server.js";

const START_LIMIT_MS = 60_000;
/** What a reverse proxy in front of the service is called, with a folder of its own. */
const PUBLIC_URL = "https://mfa.example.test/second";
const FROM = "+14255550100";

let world: NotifierWorld;
let twilio: TwilioServer;
let person = 0;

const settings = (apiUrl = twilio.url): ProviderSettings => {
  const account = { accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, from: FROM, apiUrl };
  return { name: "twilio main", type: "twilio", does: ["voice", "sms"], ...account };
};

beforeAll(async () => {
  world = await NotifierWorld.start();
  twilio = await TwilioServer.start(PUBLIC_URL, () => world.url);
}, START_LIMIT_MS);
afterAll(async () => {
  await twilio.stop();
  await world.stop();
});
beforeEach(async () => {
  person++;
  await world.configure({ publicUrl: PUBLIC_URL, providers: [settings()] });
});
afterEach(() => world.configure(undefined)); // Health is of a provider that is configured.

function callTo(number: string): PlacedCall {
  const call = twilio.calls.findLast(({ form }) => form["To"] === number);
  if (call === undefined) throw new Error("Nobody was called there.");
  return call;
}

const textTo = (number: string) => twilio.texts.findLast(({ form }) => form["To"] === number);
const answers = (challenge: Parameters<NotifierWorld["answersTo"]>[0], channel: "call" | "text", count: number) =>
  eventually(() => world.answersTo(challenge, channel).length === count, { what: "an answer", timeoutMs: 5_000 });

describe("a call by Twilio", () => {
  it("rings, is taken, asks, hears # and says the end", async () => {
    const phones = { extension: "890" };
    const challenge = world.issued(person, { phones, event: { language: "de", application: "R&D <VPN>" } });
    await world.issue(challenge);
    const call = callTo(numberOf(person));
    expect(call.form).toMatchObject({ From: FROM, Timeout: "30", SendDigits: "wwww890" });
    expect(world.outcomesOf(challenge)).toEqual(["SENT"]);
    const heard = await twilio.take(call);
    expect(heard.says.map(({ text }) => text)).toEqual([
      "Guten Tag. Mit Ihrem Konto meldet sich gerade jemand bei R&D <VPN> an.",
      "Wenn Sie das sind, drücken Sie bitte die Raute-Taste.",
      "Wenn Sie das nicht sind, drücken Sie 0 und dann die Raute-Taste, um einen Betrug zu melden.",
    ]);
    expect(new Set(heard.says.map(({ language }) => language))).toEqual(new Set(["de-DE"]));
    const next = twilio.press(call, heard, "#");
    await answers(challenge, "call", 1);
    await world.close(challenge, ChallengeResult.APPROVED);
    expect(await next).toMatchObject({
      hangsUp: true,
      says: [{ text: "Vielen Dank. Ihre Anmeldung ist bestätigt. Auf Wiederhören." }],
    });
    await twilio.end(call, "completed");
    expect(world.answersTo(challenge, "call")).toEqual([""]);
    expect(world.outcomesOf(challenge)).toEqual(["SENT", "DELIVERED"]);
  });

  it("takes silence for no answer and a PIN that was wrong for another attempt; 0# reports fraud", async () => {
    const challenge = world.issued(person, { event: { asksPin: true } });
    await world.issue(challenge);
    const call = callTo(numberOf(person));
    const silent = await twilio.press(call, await twilio.take(call), "");
    expect(silent.says[0]?.text).toBe("We did not receive your answer.");
    const unfinished = await twilio.press(call, silent, "25");
    expect(unfinished.keysUrl).toBeDefined();
    const wrong = twilio.press(call, unfinished, "2580#");
    await answers(challenge, "call", 1);
    await world.issue({ ...challenge, attempt: 2, notice: Notice.PIN_WRONG });
    expect((await wrong).says[0]?.text).toBe("That PIN was not correct.");
    const fraud = twilio.press(call, await wrong, "0#");
    await answers(challenge, "call", 2);
    await world.close(challenge, ChallengeResult.FRAUD);
    expect((await fraud).says[0]?.text).toContain("reported as fraud");
    expect(world.answersTo(challenge, "call")).toEqual(["2580", "0"]);
    expect(twilio.calls.filter(({ form }) => form["To"] === numberOf(person))).toHaveLength(1);
  });

  it("sends a webhook that comes again on to the same answer", async () => {
    const challenge = world.issued(person);
    await world.issue(challenge);
    const call = callTo(numberOf(person));
    const heard = await twilio.take(call);
    const both = [twilio.press(call, heard, "#"), twilio.press(call, heard, "#")];
    await eventually(() => world.answersTo(challenge, "call").length > 0, { what: "an answer", timeoutMs: 5_000 });
    await world.close(challenge, ChallengeResult.APPROVED);
    for (const one of await Promise.all(both)) expect(one.hangsUp).toBe(true);
    expect(new Set(world.answersTo(challenge, "call"))).toEqual(new Set([""]));
  });

  it.each([
    ["busy", "BUSY"],
    ["no-answer", "NO_ANSWER"],
    ["failed", "UNREACHABLE"],
    ["completed", "HUNG_UP"],
  ])("that ends %s is told as %s", async (status, outcome) => {
    const challenge = world.issued(person);
    await world.issue(challenge);
    await twilio.end(callTo(numberOf(person)), status);
    expect(world.outcomesOf(challenge)).toEqual(["SENT", outcome]);
  });

  it("goes to the backup number when nobody answers, and to it alone", async () => {
    const challenge = world.issued(person, { phones: { backupNumber: "+4930555" } });
    await world.issue(challenge);
    const first = callTo(numberOf(person));
    await twilio.end(first, "no-answer");
    await twilio.end(first, "no-answer");
    const backup = callTo("+4930555");
    expect(twilio.calls.filter(({ form }) => form["To"] === "+4930555")).toHaveLength(1);
    // What the first number still does is of no interest any more.
    expect((await twilio.take(first)).hangsUp).toBe(true);
    expect((await twilio.take(backup)).keysUrl).toBeDefined();
    await twilio.end(backup, "completed");
    expect(world.outcomesOf(challenge)).toEqual(["SENT", "SENT", "DELIVERED", "HUNG_UP"]);
  });

  it("is hung up while it rings, and told the end while somebody listens", async () => {
    const ringing = world.issued(person);
    await world.issue(ringing);
    await world.close(ringing, ChallengeResult.EXPIRED);
    await world.bus.drained(5_000);
    expect(callTo(numberOf(person)).status).toBe("canceled");
    const talking = world.issued(++person);
    await world.issue(talking);
    const call = callTo(numberOf(person));
    await twilio.take(call);
    await world.close(talking, ChallengeResult.DENIED);
    await world.bus.drained(5_000);
    expect(call).toMatchObject({ status: "completed", broken: ["The sign-in has been denied. Goodbye."] });
  });
});

describe("a text by Twilio", () => {
  const sms = (event: object = {}) => world.issued(person, { method: ReachMethod.SMS, event });

  it("goes out with its code, and its receipt is told", async () => {
    const challenge = sms();
    await world.issue(challenge);
    const text = textTo(numberOf(person));
    expect(text?.form).toMatchObject({ From: FROM, Body: "482915 is your sign-in code for Corp VPN." });
    expect(Number(text?.form["ValidityPeriod"])).toBeLessThanOrEqual(60);
    if (text !== undefined) for (const status of ["sent", "delivered", "delivered"]) await twilio.receipt(text, status);
    expect(world.outcomesOf(challenge)).toEqual(["SENT", "DELIVERED"]);
  });

  it("is answered by a text", async () => {
    const challenge = sms({ twoWay: true });
    await world.issue(challenge);
    const url = `${PUBLIC_URL}/webhooks/twilio/twilio%20main/texts`;
    const inbound = { From: numberOf(person), To: FROM, Body: " 482915\n", MessageSid: `SM${"a".repeat(32)}` };
    const response = await twilio.post(url, inbound);
    expect(await response.text()).toContain("<Response/>");
    expect(world.answersTo(challenge, "text")).toEqual(["482915"]);
  });
});

describe("trouble with Twilio", () => {
  const sms = () => world.issued(person, { method: ReachMethod.SMS });
  const both = () => world.configure({ publicUrl: PUBLIC_URL, providers: [settings(), OUTBOX] });
  const inOutbox = (challengeId: string) => world.outbox.filter((entry) => entry.challengeId === challengeId).length;

  it.each([
    ["takes none now", { status: 503 }],
    ["does not know us", { status: 401, code: 20_003 }],
    ["has no money left", { status: 400, code: 30_002 }],
  ])("that %s: the next provider is asked, and first for a while", async (_what, trouble) => {
    await both();
    twilio.troubles.push(trouble);
    for (const challenge of [sms(), world.issued(person, { method: ReachMethod.SMS })]) {
      await world.issue(challenge);
      expect(inOutbox(challenge.challengeId)).toBe(1);
      expect(world.outcomesOf(challenge)).toEqual(["SENT"]);
    }
    expect(textTo(numberOf(person))).toBeUndefined();
  });

  it("that can't be reached: the next provider is asked", async () => {
    await world.configure({
      publicUrl: PUBLIC_URL,
      providers: [settings("http://127.0.0.1:9"), OUTBOX],
    });
    const challenge = world.issued(person);
    await world.issue(challenge);
    expect(inOutbox(challenge.challengeId)).toBe(1);
  });

  it("that may have sent it all the same: nobody sends it again", async () => {
    await both();
    twilio.troubles.push({ status: 500 });
    const challenge = sms();
    await world.issue(challenge);
    await world.issue(challenge);
    expect(world.outcomesOf(challenge)).toEqual(["UNKNOWN"]);
    expect(inOutbox(challenge.challengeId)).toBe(0);
  });

  it("that breaks off after it has acted: nobody sends it again", async () => {
    await both();
    twilio.troubles.push("broken");
    const challenge = sms();
    await world.issue(challenge);
    expect(world.outcomesOf(challenge)).toEqual(["UNKNOWN"]);
    expect(inOutbox(challenge.challengeId)).toBe(0);
    expect(textTo(numberOf(person))).toBeDefined();
  });

  it("with a number that is none: no other provider is asked, and a backup number is called", async () => {
    await both();
    twilio.troubles.push({ status: 400, code: 21_211 }, { status: 400, code: 21_211 });
    const text = sms();
    await world.issue(text);
    expect(world.outcomesOf(text)).toEqual(["UNREACHABLE"]);
    const call = world.issued(person, { phones: { backupNumber: "+4930777" } });
    await world.issue(call);
    expect(callTo("+4930777").status).toBe("queued");
    expect([inOutbox(text.challengeId), inOutbox(call.challengeId)]).toEqual([0, 0]);
  });
});

describe("a webhook", () => {
  const url = `${PUBLIC_URL}/webhooks/twilio/twilio%20main/texts`;
  const form = { From: numberOf(1), Body: "0" };

  async function statusOf(...sent: Parameters<TwilioServer["post"]>): Promise<number> {
    return (await twilio.post(...sent)).status;
  }

  it("is let in with Twilio's signature only", async () => {
    expect(await statusOf(url, form)).toBe(200);
    const right = Buffer.from(sign(AUTH_TOKEN, url, form), "base64");
    for (const at of [0, 19]) {
      const wrong = Buffer.from(right);
      wrong.writeUInt8((wrong[at] ?? 0) ^ 1, at);
      expect(await statusOf(url, form, wrong.toString("base64"))).toBe(403);
    }
    expect(await statusOf(url, form, "")).toBe(403);
    const bare = await fetch(url.replace(PUBLIC_URL, world.url), { method: "POST", body: new URLSearchParams(form) });
    expect(bare.status).toBe(403);
    expect(await statusOf(url, form, sign(`${AUTH_TOKEN.slice(1)}0`, url, form))).toBe(403);
    expect(await statusOf(url, form, sign(AUTH_TOKEN, url, { ...form, Body: "1" }))).toBe(403);
    expect(await statusOf(url, form, sign(AUTH_TOKEN, url.replace("https", "http"), form))).toBe(403);
    expect(await statusOf(`${url}?x=1`, form, sign(AUTH_TOKEN, url, form))).toBe(403);
  });

  it("of an unknown provider, or without a public URL, is not let in", async () => {
    expect(await statusOf(url.replace("main", "other"), form)).toBe(403);
    await world.configure({ providers: [settings()] });
    expect(await statusOf(url, form)).toBe(403);
    await world.configure({ publicUrl: PUBLIC_URL, providers: [OUTBOX] });
    expect(await statusOf(url.replace("twilio%20main", "outbox"), form)).toBe(403);
  });

  it("that is signed and still none of ours finds nothing", async () => {
    const base = `${PUBLIC_URL}/webhooks/twilio/twilio%20main/calls`;
    const call = { CallSid: "CA1", CallStatus: "in-progress" };
    expect(await statusOf(`${base}/nobody/first/taken`, call)).toBe(404);
    expect(await statusOf(`${base}/${"0".repeat(32)}/third/taken`, call)).toBe(404);
    const unknown = await twilio.post(`${base}/${"0".repeat(32)}/first/taken`, call);
    expect(await unknown.text()).toContain("<Hangup/>");
  });

  it("is not read when it is too long", async () => {
    expect(await statusOf(url, { ...form, Body: "x".repeat(70_000) })).toBe(413);
  });
});
