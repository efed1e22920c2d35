import { denialPlace, replyAttributesPlace } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import type { Policy } from "../domain/policy.js";
import { ALICE, CHALLENGE_LIMIT_MS, id, OrchestratorWorld, TIME_LIMIT_MS } from "../testing/orchestrator-world.js";

const GRACE_MS = 2_000;
const PIN = "4829";
const LAPTOP = "laptop";

function withApp(policy: Partial<Policy> = {}): OrchestratorWorld {
  const world = new OrchestratorWorld();
  world.setClient("vpn", {}, policy);
  world.factors.change(ALICE, { devices: ["d1"], defaultMethod: "app" });
  return world;
}

function withPhone(
  modes: Partial<{ sms: "one-way" | "one-way-pin" | "two-way" | "two-way-pin"; voice: "standard" | "pin" }>,
) {
  const world = new OrchestratorWorld();
  world.setPhones(ALICE);
  const method = modes.voice === undefined ? "sms" : "voice";
  const usual = { sms: "one-way", voice: "standard", app: "standard" } as const;
  world.factors.change(ALICE, { defaultMethod: method, modes: { ...usual, ...modes } });
  return world;
}

/** A request of a user as far as its challenge. */
async function asked(world: OrchestratorWorld, exchange: number, station = LAPTOP) {
  const context = await world.claim({ exchange, station });
  await world.primary(context);
  return context;
}

const verdictOf = async (world: OrchestratorWorld, exchange: number) => (await world.replyIfAny(id(exchange)))?.verdict;

describe("a login that is approved in the app", () => {
  it("waits, is told to whoever reaches the user, and is let in with what its target said", async () => {
    const world = withApp();
    const context = await world.claim({ exchange: 1, station: LAPTOP });
    const sealedAttributes = world.sealed("target's", replyAttributesPlace(context.exchangeId));
    await world.primary(context, { credential: "ms-chap", sealedAttributes });
    expect(await verdictOf(world, 1)).toBeUndefined();
    const { context: told, ...issued } = world.issued[0] ?? expect.fail("nobody was asked");
    expect(issued).toMatchObject({
      userId: ALICE,
      application: "Company VPN",
      code: undefined,
      choices: [],
      language: "en",
    });
    expect(told).toMatchObject({ loginId: context.loginId, station: LAPTOP, deadlineMs: world.nowMs + TIME_LIMIT_MS });
    await world.answerElsewhere(world.asked(), { word: "approve" });
    const reply = await world.reply(context.exchangeId);
    expect([reply.verdict, Buffer.from(reply.attributes).toString()]).toEqual(["accept", "target's"]);
    expect(world.ends()).toEqual(["1 SUCCESS_PHONE_APP_AUTHENTICATED"]);
    expect(world.decided[0]).toMatchObject({ method: "app", challengeId: issued.challenge.challengeId });
    expect(world.closed).toMatchObject([
      { challengeId: issued.challenge.challengeId, result: "approved", method: "app" },
    ]);
  });

  it("is one login and one push, however often and wherever the client asks again", async () => {
    const world = withApp();
    for (let exchange = 1; exchange <= 5; exchange++) {
      await asked(world, exchange);
      world.nowMs += 3_000;
    }
    expect(world.issued).toHaveLength(1);
    await world.answerElsewhere(world.asked(), { word: "approve" });
    expect(await verdictOf(world, 5)).toBe("accept");
    expect(world.ends()).toEqual(["1 SUCCESS_PHONE_APP_AUTHENTICATED"]);
  });

  it("ends by a denial, after which nobody is reached for that station until the cool-down is over", async () => {
    const world = withApp();
    await asked(world, 1);
    await world.answerElsewhere(world.asked(), { word: "deny" });
    await world.answerElsewhere(world.asked(), { word: "approve" });
    expect(await verdictOf(world, 1)).toBe("reject");
    await asked(world, 2);
    await asked(world, 3, "other");
    expect(world.ends()).toEqual(["1 FAILED_PHONE_APP_DENIED", "2 FAILED_DENIED_RECENTLY"]);
    expect(world.issued).toHaveLength(2);
    await world.answerElsewhere(world.asked(), { word: "approve" });
    world.nowMs += 300_000;
    await asked(world, 4);
    expect(world.issued).toHaveLength(3);
  });

  it("ends by a report, which the device has made before", async () => {
    const world = withApp();
    await asked(world, 1);
    await world.answerElsewhere(world.asked(), { word: "fraud" });
    expect(world.ends()).toEqual(["1 FAILED_FRAUD_REPORTED"]);
    expect(world.closed[0]?.result).toBe("fraud");
    expect(world.frauds).toEqual([]);
  });

  it("ends without an answer in a code of its own, and takes none afterwards", async () => {
    const world = withApp();
    await asked(world, 1);
    world.nowMs += TIME_LIMIT_MS + GRACE_MS;
    await world.sweepOnce();
    await world.answerElsewhere(world.asked(), { word: "approve" });
    expect(await verdictOf(world, 1)).toBe("reject");
    expect(world.ends()).toEqual(["1 FAILED_PHONE_APP_NO_RESPONSE"]);
    expect(world.closed[0]?.result).toBe("expired");
  });

  it("takes no answer for another challenge, of another user or by another way", async () => {
    const world = withApp();
    await asked(world, 1);
    const right = world.asked();
    await world.answerElsewhere({ ...right, challengeId: id(0xbad) }, { word: "approve" });
    await world.answerElsewhere({ ...right, attempt: 2 }, { word: "approve" });
    await world.answerElsewhere(right, { channel: "operator", word: "approve" });
    await world.answerElsewhere(right, { channel: "call", word: "text" });
    const times = { answeredAtMs: world.nowMs, deadlineMs: world.nowMs + 1_000 };
    const answer = { channel: "app", word: "approve", pin: "", matched: "", text: "" } as const;
    await world.deliver(() =>
      world.answerFactor.execute({ userId: id(0xb0b) as typeof ALICE, ...right, ...times, answer }),
    );
    expect(await verdictOf(world, 1)).toBeUndefined();
    await world.answerElsewhere(right, { word: "approve" });
    expect(await verdictOf(world, 1)).toBe("accept");
  });

  it("carries nobody else: not another password, not another station, and closes when its own station begins again", async () => {
    const world = withApp();
    await asked(world, 1);
    const first = world.asked();
    await asked(world, 2, "attacker");
    expect(await verdictOf(world, 2)).toBe("reject");
    const other = await world.claim({ exchange: 3, station: LAPTOP });
    await world.primary(other, { credentialDigest: id(0xbad) });
    await world.answerElsewhere(first, { word: "approve" });
    expect([await verdictOf(world, 1), await verdictOf(world, 3)]).toEqual(["reject", undefined]);
    expect(world.ends()).toEqual(["2 FAILED_PROMPT_OPEN_ELSEWHERE", "1 FAILED_CHALLENGE_SUPERSEDED"]);
    expect(world.closed).toMatchObject([{ challengeId: first.challengeId, result: "replaced" }]);
  });

  it("asks only so often, then for a code, or nobody", async () => {
    const world = new OrchestratorWorld({ reach: { maxPrompts: 2, windowMs: 600_000 } });
    world.factors.change(ALICE, { devices: ["d1"] });
    for (let exchange = 1; exchange <= 3; exchange++) {
      const context = await world.claim({ exchange, station: LAPTOP });
      await world.primary(context, { credentialDigest: id(exchange) });
    }
    expect(world.issued).toHaveLength(2);
    expect(world.ends()).toContain("3 FAILED_AUTHENTICATION_THROTTLED");
    world.factors.addToken(ALICE, "T1");
    expect(await world.prompted({ exchange: 4, station: LAPTOP })).toMatchObject({ verdict: "challenge" });
    expect(world.issued).toHaveLength(2);
  });

  it("wants the PIN where the user has that mode: three tries, and a word after each wrong one", async () => {
    const world = withApp();
    world.setPin(ALICE, PIN);
    world.factors.change(ALICE, { modes: { sms: "one-way", voice: "standard", app: "pin" } });
    await asked(world, 1);
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect(world.asked().attempt).toBe(attempt);
      await world.answerElsewhere(world.asked(), { pin: `000${attempt}` });
    }
    expect(world.ends()).toEqual(["1 FAILED_PIN_INCORRECT"]);
    expect(world.issued.map(({ challenge }) => challenge.notice)).toEqual(["none", "pin-wrong", "pin-wrong"]);
    await asked(world, 2);
    await world.answerElsewhere(world.asked(), { pin: "" });
    await world.answerElsewhere(world.asked(), { pin: PIN });
    expect(await verdictOf(world, 2)).toBe("accept");
  });

  it("is not let in when she was switched off or blocked meanwhile", async () => {
    for (const changed of [{ enabled: false }, { blockedUntilMs: Number.POSITIVE_INFINITY }]) {
      const world = withApp();
      await asked(world, 1);
      world.factors.change(ALICE, changed);
      await world.answerElsewhere(world.asked(), { word: "approve" });
      expect(await verdictOf(world, 1)).toBe("reject");
      expect(world.ends()[0]).toMatch(/FAILED_USER_(DISABLED|BLOCKED)/);
    }
  });

  it("ends when its user is blocked, with all others that are open", async () => {
    const world = withApp();
    world.factors.addToken(ALICE, "T1");
    await asked(world, 1);
    world.factors.change(ALICE, { defaultMethod: "oath" });
    await asked(world, 2, "other");
    await world.useCases.endLogins.ofBlocked(ALICE);
    expect(await verdictOf(world, 1)).toBe("reject");
    expect(world.ends().toSorted()).toEqual(["1 FAILED_USER_BLOCKED", "2 FAILED_USER_BLOCKED"]);
  });

  it("has the words of its target's denial in its reject", async () => {
    const world = withApp();
    const context = await world.claim({ exchange: 1 });
    const sealedDenial = world.sealed("denial", denialPlace(context.exchangeId));
    await world.primary(context, { credential: "ms-chap", sealedDenial });
    await world.answerElsewhere(world.asked(), { word: "deny" });
    expect(Buffer.from((await world.reply(context.exchangeId)).attributes).toString()).toBe("denial");
  });
});

describe("an approval that has to name something", () => {
  async function matched(credential: "password" | "none") {
    const world = withApp({ appMatch: true });
    world.setClient("rdg", { application: "Remote Desktop" });
    const context = await world.claim({ exchange: 1, station: LAPTOP });
    await world.primary(context, { credential });
    return { world, context };
  }

  it("names the number that the client shows, before or after the user says so there", async () => {
    for (const first of ["app", "client"] as const) {
      const { world, context } = await matched("password");
      const prompt = await world.reply(context.exchangeId);
      const number = / number (\d\d) /.exec(prompt.message)?.[1] ?? expect.fail(prompt.message);
      const wrong = number === "07" ? "08" : "07";
      await world.answerElsewhere(world.asked(), { matched: wrong });
      expect(world.issued.at(-1)?.challenge).toMatchObject({ attempt: 2, notice: "match-wrong" });
      if (first === "app") await world.answerElsewhere(world.asked(), { matched: number });
      expect(world.ends()).toEqual([]);
      await world.answer(prompt, first === "app" ? "ok" : "", { exchange: 2, station: LAPTOP });
      if (first === "client") expect(await verdictOf(world, 2)).toBeUndefined();
      if (first === "client") await world.answerElsewhere(world.asked(), { matched: number });
      expect(await verdictOf(world, 2)).toBe("accept");
      expect(world.ends()).toEqual(["1 SUCCESS_PHONE_APP_AUTHENTICATED"]);
    }
  });

  it("rejects who says so at the client and never answers in the app", async () => {
    const { world, context } = await matched("password");
    const prompt = await world.reply(context.exchangeId);
    await world.answer(prompt, "ok", { exchange: 2, station: LAPTOP });
    world.nowMs += TIME_LIMIT_MS + GRACE_MS;
    await world.sweepOnce();
    expect(await verdictOf(world, 2)).toBe("reject");
    expect(world.ends()).toEqual(["1 FAILED_PHONE_APP_NO_RESPONSE"]);
  });

  it("takes a code of the app instead", async () => {
    const { world, context } = await matched("password");
    const code = world.code(world.factors.addToken(ALICE, "T1"));
    const prompt = await world.reply(context.exchangeId);
    expect((await world.answer(prompt, code, { exchange: 2 }))?.verdict).toBe("accept");
    expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
  });

  it("names what is being connected to, among others, where no number can be shown, and is told nothing else about it", async () => {
    const { world } = await matched("none");
    const issued = world.issued[0] ?? expect.fail("nobody was asked");
    expect(issued.choices.toSorted()).toEqual(["Company VPN", "Intranet", "Remote Desktop"]);
    expect([issued.application, issued.context.client, issued.context.station]).toEqual(["", "", ""]);
    await world.answerElsewhere(world.asked(), { matched: "Intranet" });
    await world.answerElsewhere(world.asked(), { matched: "" });
    expect(world.ends()).toEqual([]);
    await world.answerElsewhere(world.asked(), { matched: "Company VPN" });
    expect(await verdictOf(world, 1)).toBe("accept");
  });
});

describe("a text", () => {
  it("has a code that is typed at the prompt, the same one whenever it is sent again", async () => {
    const world = withPhone({});
    const prompt = await world.prompted({ exchange: 1, station: LAPTOP });
    expect(prompt.message).toContain("texted");
    const code = world.issued[0]?.code ?? expect.fail("no code");
    expect(code).toMatch(/^\d{6}$/);
    expect(Buffer.from(world.issued[0]?.phones ?? []).toString()).toBe("phones");
    const wrong = code === "000000" ? "000001" : "000000";
    const again = (await world.answer(prompt, wrong, { exchange: 2 })) ?? expect.fail();
    expect([again.verdict, again.message]).toEqual(["challenge", expect.stringContaining("wrong")]);
    expect((await world.answer(again, code, { exchange: 3 }))?.verdict).toBe("accept");
    expect((await world.answer(again, code, { exchange: 4 }))?.verdict).toBe("accept");
    expect(world.ends()).toEqual(["1 SUCCESS_SMS_AUTHENTICATED"]);
    await world.prompted({ exchange: 5, station: LAPTOP });
    expect(world.issued[1]?.code).not.toBe(code);
  });

  it("wants the PIN right behind the code where the user has that mode", async () => {
    const world = withPhone({ sms: "one-way-pin" });
    world.setPin(ALICE, PIN);
    const prompt = await world.prompted({ exchange: 1 });
    const code = world.issued[0]?.code ?? "";
    const wrong = (await world.answer(prompt, code, { exchange: 2 })) ?? expect.fail();
    const other = (await world.answer(wrong, `${code}0000`, { exchange: 3 })) ?? expect.fail();
    expect([wrong.verdict, other.verdict]).toEqual(["challenge", "challenge"]);
    expect((await world.answer(other, `${code} ${PIN}`, { exchange: 4 }))?.verdict).toBe("accept");
  });

  it("is answered by a text where the user has that mode; three wrong ones end it", async () => {
    const world = withPhone({ sms: "two-way" });
    await asked(world, 1);
    const code = world.issued[0]?.code ?? "";
    await world.answerElsewhere(world.asked(), {
      channel: "text",
      word: "text",
      text: ` ${code.slice(0, 3)} ${code.slice(3)}\n`,
    });
    expect(await verdictOf(world, 1)).toBe("accept");
    world.nowMs += 5_000;
    await asked(world, 2);
    for (const text of ["000000", "000001", "hello"]) {
      await world.answerElsewhere(world.asked(), { channel: "text", word: "text", text });
    }
    expect(world.ends()).toEqual(["1 SUCCESS_SMS_AUTHENTICATED", "2 FAILED_SMS_OTP_INCORRECT"]);
  });

  it("reports fraud by the fraud code, which is kept before anything else", async () => {
    const world = withPhone({ sms: "two-way" });
    const context = await asked(world, 1);
    await world.answerElsewhere(world.asked(), { channel: "text", word: "text", text: "0" });
    expect(world.frauds).toMatchObject([
      { userId: ALICE, channel: "text", application: "Company VPN", context: { loginId: context.loginId } },
    ]);
    expect(world.ends()).toEqual(["1 FAILED_FRAUD_REPORTED"]);
    const steps = world.faults.steps.filter((step) => step === "events.fraudReported" || step === "store.finish");
    expect(steps).toEqual(["events.fraudReported", "store.finish"]);
  });
});

describe("a call", () => {
  const keys = (text: string) => ({ channel: "call", word: "text", text }) as const;

  it("approves by # alone, reports by the fraud code, and takes other keys for wrong", async () => {
    const world = withPhone({ voice: "standard" });
    await asked(world, 1);
    await world.answerElsewhere(world.asked(), keys("5"));
    expect(world.ends()).toEqual([]);
    await world.answerElsewhere(world.asked(), keys(""));
    expect(await verdictOf(world, 1)).toBe("accept");
    world.nowMs += 5_000;
    await asked(world, 2);
    await world.answerElsewhere(world.asked(), keys("0"));
    expect(world.ends()).toEqual(["1 SUCCESS_NO_PIN", "2 FAILED_FRAUD_REPORTED"]);
    expect(world.frauds).toHaveLength(1);
  });

  it("wants the PIN where the user has that mode", async () => {
    const world = withPhone({ voice: "pin" });
    world.setPin(ALICE, PIN);
    await asked(world, 1);
    await world.answerElsewhere(world.asked(), keys(""));
    await world.answerElsewhere(world.asked(), keys("0001"));
    await world.answerElsewhere(world.asked(), keys(PIN));
    expect(world.ends()).toEqual(["1 SUCCESS_WITH_PIN"]);
    expect(world.issued.map(({ challenge }) => challenge.attempt)).toEqual([1, 2, 3]);
  });

  it("has no fraud code where that is switched off", async () => {
    const world = withPhone({ voice: "standard" });
    world.fraudCode = "";
    await asked(world, 1);
    await world.answerElsewhere(world.asked(), keys("0"));
    expect(world.frauds).toEqual([]);
    await world.answerElsewhere(world.asked(), keys(""));
    expect(world.ends()).toEqual(["1 SUCCESS_NO_PIN"]);
  });
});

describe("a word at the prompt", () => {
  async function prompted(policy: Partial<Policy> = {}) {
    const world = withApp(policy);
    world.setPhones(ALICE);
    world.factors.addToken(ALICE, "T1");
    world.factors.change(ALICE, { defaultMethod: "oath" });
    return { world, prompt: await world.prompted({ exchange: 1, station: LAPTOP }) };
  }

  it("is named by the prompt, and lets the login go on in that way at no cost", async () => {
    const { world, prompt } = await prompted();
    expect(prompt.message).toBe("Enter the code of your authenticator. Or type: push, call, sms.");
    expect(await world.answer(prompt, "Push", { exchange: 2, station: LAPTOP })).toBeUndefined();
    expect(world.issued).toMatchObject([{ challenge: { way: { method: "app" } } }]);
    await world.answerElsewhere(world.asked(), { word: "approve" });
    expect(await verdictOf(world, 2)).toBe("accept");
    expect(world.ends()).toEqual(["1 SUCCESS_PHONE_APP_AUTHENTICATED"]);
  });

  it("leads from a text back to a code, and closes what it leaves", async () => {
    const { world, prompt } = await prompted();
    const text = (await world.answer(prompt, "text", { exchange: 2 })) ?? expect.fail();
    expect(text).toMatchObject({ verdict: "challenge", message: expect.stringContaining("texted") });
    const code = (await world.answer(text, "code", { exchange: 3 })) ?? expect.fail();
    expect(code.message).toContain("authenticator");
    expect(world.closed).toMatchObject([{ result: "replaced", method: "sms" }]);
    expect((await world.answer(code, "push", { exchange: 4 }))?.verdict).toBeUndefined();
    await world.answerElsewhere(world.asked(), { word: "deny" });
    expect(world.ends()).toEqual(["1 FAILED_PHONE_APP_DENIED"]);
  });

  it("says so where the way is not possible now, and asks as before", async () => {
    const { world, prompt } = await prompted();
    world.factors.change(ALICE, { devices: [] });
    const again = (await world.answer(prompt, "push", { exchange: 2 })) ?? expect.fail();
    expect(again).toMatchObject({ verdict: "challenge", message: expect.stringContaining("not possible") });
    const secret = world.factors.addToken(ALICE, "T2");
    expect((await world.answer(again, world.code(secret), { exchange: 3 }))?.verdict).toBe("accept");
  });

  it("is an answer like any other where the policy has no words, or after five of them", async () => {
    const without = await prompted({ methodWords: false });
    expect(without.prompt.message).toBe("Enter the code of your authenticator.");
    expect((await without.world.answer(without.prompt, "push", { exchange: 2 }))?.message).toContain("wrong");
    const { world, prompt } = await prompted();
    let at = prompt;
    for (let exchange = 2; exchange <= 6; exchange++) {
      const reply = await world.answer(at, exchange % 2 === 0 ? "sms" : "code", { exchange });
      expect(reply?.verdict).toBe("challenge");
      at = reply ?? at;
    }
    expect((await world.answer(at, "code", { exchange: 7 }))?.message).toContain("wrong");
  });

  it("costs no second try and no second push when its answer comes again", async () => {
    const { world, prompt } = await prompted();
    await world.answer(prompt, "push", { exchange: 2, slot: "a" });
    await world.answer(prompt, "push", { exchange: 3, slot: "b" });
    expect(world.issued).toHaveLength(1);
    await world.answerElsewhere(world.asked(), { word: "approve" });
    expect([await verdictOf(world, 2), await verdictOf(world, 3)]).toContain("accept");
  });

  it("is understood in the user's language", async () => {
    const world = withApp();
    world.factors.addToken(ALICE, "T1");
    world.factors.change(ALICE, { defaultMethod: "oath", language: "de" });
    const prompt = await world.prompted({ exchange: 1 });
    expect(prompt.message).toBe("Geben Sie den Code Ihres Authenticators ein. Oder tippen Sie: push.");
  });
});

describe("a user who can't be reached", () => {
  const failed = (world: OrchestratorWorld, failure: "busy" | "no-provider" | "unknown") => {
    const { loginId, challengeId } = world.asked();
    return world.deliver(() => world.handleDelivery.execute({ userId: ALICE, loginId, challengeId, failure }));
  };

  it("ends the login in a code of its own", async () => {
    const world = withPhone({ voice: "standard" });
    await asked(world, 1);
    await failed(world, "unknown");
    expect(world.ends()).toEqual([]);
    await failed(world, "busy");
    expect([await verdictOf(world, 1), ...world.ends()]).toEqual(["reject", "1 FAILED_PHONE_BUSY"]);
  });

  it("is asked for a code, where the policy has that as its fallback", async () => {
    const world = withPhone({ voice: "standard" });
    world.setClient("vpn", {}, { fallback: true });
    const secret = world.factors.addToken(ALICE, "T1");
    const context = await asked(world, 1);
    world.nowMs += 25_000;
    await failed(world, "busy");
    await failed(world, "busy");
    const prompt = await world.reply(context.exchangeId);
    expect(prompt).toMatchObject({ verdict: "challenge", sessionTimeoutSeconds: CHALLENGE_LIMIT_MS / 1_000 });
    expect(prompt.message).toContain("could not reach you");
    world.nowMs += 60_000;
    expect((await world.answer(prompt, world.code(secret), { exchange: 2 }))?.verdict).toBe("accept");
    expect(world.ends()).toEqual(["1 SUCCESS_FALLBACK_OATH_CODE_VERIFIED"]);
  });

  it("passes with the first factor only where the policy is safe, nobody takes the message, and nothing else could be asked", async () => {
    const safe = withPhone({ voice: "standard" });
    safe.setClient("vpn", {}, { failMode: "safe" });
    await asked(safe, 1);
    await failed(safe, "no-provider");
    const busy = withPhone({ voice: "standard" });
    busy.setClient("vpn", {}, { failMode: "safe" });
    await asked(busy, 1);
    await failed(busy, "busy");
    const secure = withPhone({ voice: "standard" });
    await asked(secure, 1);
    await failed(secure, "no-provider");
    const other = withPhone({ voice: "standard" });
    other.setClient("vpn", {}, { failMode: "safe" });
    other.factors.addToken(ALICE, "T1");
    await asked(other, 1);
    await failed(other, "no-provider");
    const blocked = withPhone({ voice: "standard" });
    blocked.setClient("vpn", {}, { failMode: "safe" });
    await asked(blocked, 1);
    blocked.factors.change(ALICE, { blockedUntilMs: Number.POSITIVE_INFINITY });
    await failed(blocked, "no-provider");
    expect([safe, busy, secure, other, blocked].map((world) => world.ends()[0])).toEqual([
      "1 SUCCESS_FAIL_MODE_SAFE",
      "1 FAILED_PHONE_BUSY",
      "1 FAILED_NO_PROVIDER",
      "1 FAILED_NO_PROVIDER",
      "1 FAILED_NO_PROVIDER",
    ]);
  });
});

describe("what an earlier login lets pass", () => {
  it("is the same login again within the reconnect window, three times, where requests have no credential", async () => {
    const world = withApp();
    const rdg = async (exchange: number, changed: { station?: string; digest?: string } = {}) => {
      const context = await world.claim({ exchange, station: changed.station ?? "RDG-PC" });
      const credentialDigest = changed.digest ?? id(0xc4ed);
      await world.primary(context, { credential: "none", credentialDigest });
    };
    await rdg(1);
    await world.answerElsewhere(world.asked(), { word: "approve" });
    await rdg(2, { station: "OTHER-PC" });
    await rdg(3, { digest: id(0xbad) });
    world.nowMs += 5_000;
    for (let exchange = 4; exchange <= 7; exchange++) await rdg(exchange);
    expect(world.ends().filter((end) => end.endsWith("SUCCESS_RECONNECTED"))).toEqual([
      "4 SUCCESS_RECONNECTED",
      "5 SUCCESS_RECONNECTED",
      "6 SUCCESS_RECONNECTED",
    ]);
    world.nowMs += 10_000;
    await rdg(8);
    expect(world.ends()).not.toContain("8 SUCCESS_RECONNECTED");
  });

  it("is the login that a repeated request would have joined, had it been looked at before the approval", async () => {
    const world = withApp();
    await asked(world, 1);
    const late = await world.claim({ exchange: 2, station: LAPTOP });
    const other = await world.claim({ exchange: 3, station: LAPTOP });
    world.nowMs += 1_000;
    await world.answerElsewhere(world.asked(), { word: "approve" });
    world.nowMs += 5_000;
    await world.primary(late);
    await world.primary(other, { credentialDigest: id(0xbad) });
    expect(world.ends()).toEqual(["1 SUCCESS_PHONE_APP_AUTHENTICATED", "2 SUCCESS_RECONNECTED"]);
    expect(world.issued).toHaveLength(2);
  });

  it("has no reconnect window where a password is sent, but for what was on its way, nor without a station", async () => {
    const world = withApp();
    await asked(world, 1);
    await world.answerElsewhere(world.asked(), { word: "approve" });
    world.nowMs += 5_000;
    await asked(world, 2);
    const context = await world.claim({ exchange: 3, station: "" });
    await world.primary(context, { credential: "none" });
    expect(world.ends()).toEqual(["1 SUCCESS_PHONE_APP_AUTHENTICATED", "3 FAILED_PROMPT_OPEN_ELSEWHERE"]);
  });

  it.each([
    ["user", { station: "x", client: "other" }, true],
    ["method-and-application", { station: "x", client: "vpn" }, true],
    ["method-and-application", { station: LAPTOP, client: "other" }, false],
    ["application-and-address", { station: LAPTOP, client: "vpn" }, true],
    ["application-and-address", { station: "x", client: "vpn" }, false],
    ["application-and-address", { station: LAPTOP, client: "other" }, false],
  ] as const)("by %s, from %o: %s", async (scope, later, passes) => {
    const world = withApp({ remember: [{ scope, seconds: 600 }] });
    world.setClient("other", { application: "Other" }, { remember: [{ scope, seconds: 600 }] });
    await asked(world, 1);
    await world.answerElsewhere(world.asked(), { word: "approve" });
    const context = await world.claim({ exchange: 2, ...later });
    await world.primary(context, { credentialDigest: id(0xd1ff) });
    expect(world.ends().includes("2 SUCCESS_USED_CACHE")).toBe(passes);
    world.nowMs += 600_000;
    await world.primary(await world.claim({ exchange: 3, ...later }));
    expect(world.ends()).not.toContain("3 SUCCESS_USED_CACHE");
  });

  it("is a one-time bypass, once", async () => {
    const world = withApp();
    world.factors.change(ALICE, { bypass: { bypassId: "b1", untilMs: world.nowMs + 300_000 } });
    await asked(world, 1);
    await asked(world, 2);
    expect(world.ends()).toEqual(["1 SUCCESS_BYPASSED_AUTH"]);
    expect(world.issued).toHaveLength(1);
  });
});

describe("wherever the orchestrator is killed on the way", () => {
  it("asks once and comes to the same end", async () => {
    for (let step = 1; step < 60; step++) {
      for (const when of ["before", "after"] as const) {
        const world = withApp();
        world.setPin(ALICE, PIN);
        world.factors.addToken(ALICE, "T1");
        world.factors.change(ALICE, {
          defaultMethod: "oath",
          modes: { sms: "one-way", voice: "standard", app: "pin" },
        });
        world.faults.failAt(step, when);
        const prompt = await world.prompted({ exchange: 1, station: LAPTOP });
        await world.answer(prompt, "push", { exchange: 2, station: LAPTOP });
        await world.answerElsewhere(world.asked(), { pin: "0001" });
        await world.answerElsewhere(world.asked(), { pin: PIN });
        const what = `step ${step} ${when}`;
        expect(await verdictOf(world, 2), what).toBe("accept");
        world.nowMs += CHALLENGE_LIMIT_MS + GRACE_MS;
        await world.sweepOnce();
        await world.sweepOnce();
        expect(world.ends(), what).toEqual(["1 SUCCESS_PHONE_APP_AUTHENTICATED"]);
        expect(
          world.issued.map(({ challenge }) => challenge.attempt),
          what,
        ).toEqual([1, 2]);
      }
    }
  });

  it("reports fraud before it ends the login, and ends it once", async () => {
    for (let step = 1; step < 30; step++) {
      for (const when of ["before", "after"] as const) {
        const world = withPhone({ voice: "standard" });
        world.faults.failAt(step, when);
        await asked(world, 1);
        await world.answerElsewhere(world.asked(), { channel: "call", word: "text", text: "0" });
        const what = `step ${step} ${when}`;
        expect(world.ends(), what).toEqual(["1 FAILED_FRAUD_REPORTED"]);
        expect(new Set(world.frauds.map(({ reportId }) => reportId)).size, what).toBe(1);
      }
    }
  });
});
