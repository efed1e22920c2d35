import type { UserKey } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import {
  ALICE,
  CHALLENGE_LIMIT_MS,
  id,
  OrchestratorWorld,
  START_MS,
  TIME_LIMIT_MS,
} from "../testing/orchestrator-world.js";
import { KEEP_MS } from "../testing/world-settings.js";

function enrolled(changed: ConstructorParameters<typeof OrchestratorWorld>[0] = {}) {
  const world = new OrchestratorWorld(changed);
  return { world, secret: world.factors.addToken(ALICE, "T1") };
}

describe("OpenChallenge", () => {
  it("prompts a user with a token, for as long as the client says", async () => {
    const { world } = enrolled();
    const reply = await world.prompted({ exchange: 1 });
    expect(reply).toMatchObject({
      verdict: "challenge",
      message: "Enter the code of your authenticator.",
      sessionTimeoutSeconds: CHALLENGE_LIMIT_MS / 1_000,
      notBeforeMs: 0,
    });
    expect(world.decided).toEqual([]);
  });

  it("ends with the code of a refused first factor, held back from the claim on", async () => {
    const world = new OrchestratorWorld();
    const context = await world.claim({ exchange: 1 });
    world.nowMs += 300;
    await world.primary(context, { result: { kind: "refused", resultCode: "FAILED_PRIMARY_REJECTED" } });
    const reply = await world.reply(context.exchangeId);
    expect(reply.verdict).toBe("reject");
    expect(reply.notBeforeMs).toBeGreaterThanOrEqual(START_MS + 1_000);
    expect(reply.notBeforeMs).toBeLessThanOrEqual(START_MS + 1_100);
    expect(world.ends()).toEqual(["1 FAILED_PRIMARY_REJECTED"]);
  });

  describe("whose target is away", () => {
    const away = { result: { kind: "refused", resultCode: "FAILED_TARGET_UNAVAILABLE" } } as const;

    it("answers nobody, so that the client asks its next gateway", async () => {
      const world = new OrchestratorWorld();
      const context = await world.claim({ exchange: 1 });
      await world.primary(context, away);
      expect(await world.reply(context.exchangeId)).toMatchObject({ verdict: "discard", message: "" });
      expect(world.decided).toMatchObject([{ resultCode: "FAILED_TARGET_UNAVAILABLE", verdict: "discard" }]);
    });

    it("rejects at the time limit where the client says so, and keeps that for the duplicate window from then on", async () => {
      const world = new OrchestratorWorld();
      world.setClient("vpn", { whenTargetUnavailable: "reject" });
      const context = await world.claim({ exchange: 1 });
      world.nowMs += 7_000;
      await world.primary(context, away);
      await world.primary(context, away);
      const told = { verdict: "reject", notBeforeMs: START_MS + TIME_LIMIT_MS, state: new Uint8Array(0) };
      const reply = await world.reply(context.exchangeId);
      expect(reply).toMatchObject({ ...told, message: expect.stringMatching(/^Sign-in is not possible now/) });
      expect(world.ends()).toEqual(["1 FAILED_TARGET_UNAVAILABLE"]);
      expect(world.decided[0]).toMatchObject({ verdict: "reject" });
      world.nowMs = START_MS + TIME_LIMIT_MS + KEEP_MS - 1;
      expect(await world.reply(context.exchangeId)).toEqual(reply);
      world.nowMs += 1;
      expect(await world.replyIfAny(context.exchangeId)).toBeUndefined();
    });

    it("still says so a moment after the time limit, when the target was asked until then; nobody is prompted", async () => {
      const world = new OrchestratorWorld();
      world.setClient("vpn", { whenTargetUnavailable: "reject" });
      world.factors.addToken(ALICE, "T1");
      const contexts = [await world.claim({ exchange: 1 }), await world.claim({ exchange: 2 })] as const;
      world.nowMs += TIME_LIMIT_MS + 1;
      await world.primary(contexts[0], away);
      await world.primary(contexts[1]);
      expect((await world.reply(contexts[0].exchangeId)).verdict).toBe("reject");
      expect(await world.replyIfAny(contexts[1].exchangeId)).toBeUndefined();
      expect(world.ends()).toEqual(["1 FAILED_TARGET_UNAVAILABLE"]);
    });

    it("rejects in the middle of a conversation with the target, too", async () => {
      const world = new OrchestratorWorld();
      world.setClient("vpn", { whenTargetUnavailable: "reject" });
      const first = await world.claim({ exchange: 1 });
      const server = "server";
      const challenged = {
        result: { kind: "challenged" },
        conversation: { server, state: Buffer.from("state"), further: false },
      } as const;
      await world.primary(first, { ...challenged, userId: first.userKey as string as typeof ALICE });
      const next = await world.claimRound({ exchange: 2 });
      await world.primary(next, { ...away, conversation: { server, state: new Uint8Array(0), further: true } });
      expect(await world.reply(next.exchangeId)).toMatchObject({ verdict: "reject", notBeforeMs: next.deadlineMs });
      expect(world.ends()).toEqual(["1 FAILED_TARGET_UNAVAILABLE"]);
    });
  });

  it("ends a refused login of a client whose settings it does not know", async () => {
    const world = new OrchestratorWorld();
    const context = await world.claim({ exchange: 1, client: "gone" });
    await world.primary(context, { result: { kind: "refused", resultCode: "FAILED_REQUEST_INVALID" } });
    expect((await world.reply(context.exchangeId)).verdict).toBe("reject");
  });

  it("waits for a client that is not known yet, and never accepts without its rules", async () => {
    const { world } = enrolled();
    const context = await world.claim({ exchange: 1, client: "new" });
    await expect(world.primary(context)).rejects.toThrow("not known here");
    expect(await world.replyIfAny(context.exchangeId)).toBeUndefined();
  });

  it("accepts without a second factor where the client asks for none, and asks no database", async () => {
    const world = new OrchestratorWorld();
    world.setClient("vpn", {}, { mfa: "off" });
    const context = await world.claim({ exchange: 1 });
    await world.primary(context);
    expect(await world.reply(context.exchangeId)).toMatchObject({ verdict: "accept", notBeforeMs: 0 });
    expect(world.ends()).toEqual(["1 SUCCESS_MFA_NOT_REQUIRED"]);
    expect(world.faults.steps.filter((step) => step.startsWith("factors"))).toEqual([]);
  });

  it("decides by what the user has", async () => {
    const world = new OrchestratorWorld();
    const first = await world.claim({ exchange: 1 });
    await world.primary(first, { userKnown: false, userId: id(0xe1) as typeof ALICE });
    const second = await world.claim({ exchange: 2 });
    await world.primary(second);
    world.factors.addToken(ALICE, "T1");
    world.factors.setEnabled(ALICE, false);
    const third = await world.claim({ exchange: 3 });
    await world.primary(third);
    expect(world.ends()).toEqual(["1 FAILED_USER_UNKNOWN", "2 FAILED_USER_NOT_ENROLLED", "3 FAILED_USER_DISABLED"]);
  });

  it("leaves a login past its deadline to the sweep", async () => {
    const { world } = enrolled();
    const context = await world.claim({ exchange: 1 });
    world.nowMs += TIME_LIMIT_MS + 1;
    await world.primary(context);
    expect(await world.replyIfAny(context.exchangeId)).toBeUndefined();
    world.nowMs += 5_000;
    await world.sweepOnce();
    expect((await world.reply(context.exchangeId)).verdict).toBe("discard");
    expect(world.ends()).toEqual(["1 FAILED_DEADLINE_EXCEEDED"]);
  });

  it("gives a login that joins another the same prompt with the time that is left, and no end of its own", async () => {
    const { world, secret } = enrolled();
    await world.prompted({ exchange: 1, station: "laptop" });
    world.nowMs += 10_000;
    const joined = await world.prompted({ exchange: 2, station: "laptop" });
    expect(joined).toMatchObject({ verdict: "challenge", sessionTimeoutSeconds: CHALLENGE_LIMIT_MS / 1_000 - 10 });
    const accepted = await world.answer(joined, world.code(secret), { exchange: 3 });
    expect(accepted?.verdict).toBe("accept");
    world.nowMs += CHALLENGE_LIMIT_MS + 60_000;
    await world.sweepOnce();
    expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
  });

  /** The orchestrator dies after it has opened the challenge and before it has said so. */
  async function openedUnseen(world: OrchestratorWorld): Promise<void> {
    const context = await world.claim({ exchange: 1, station: "laptop" });
    const steps = world.faults.steps.length;
    world.faults.failAt(steps + 2, "before");
    await expect(world.openChallenge.execute(world.proven(context))).rejects.toThrow();
    expect(world.faults.steps.slice(steps)).toEqual(["factors.find", "store.open", "store.decideExchange"]);
  }

  it("gives an accept its own row, when the login that it would have joined has its end in the audit", async () => {
    const { world, secret } = enrolled();
    await openedUnseen(world);
    world.nowMs += TIME_LIMIT_MS + 5_000;
    await world.sweepOnce();
    expect(world.ends()).toEqual(["1 FAILED_DEADLINE_EXCEEDED"]);
    const prompt = await world.prompted({ exchange: 2, station: "laptop" });
    expect((await world.answer(prompt, world.code(secret), { exchange: 3 }))?.verdict).toBe("accept");
    const accepted = world.decided.filter(({ resultCode }) => resultCode === "SUCCESS_OATH_CODE_VERIFIED");
    expect(accepted.map(({ context }) => context.loginId)).toEqual([id(2)]);
  });

  it("leaves a login that was joined no other end, though its own exchange was never answered", async () => {
    const { world, secret } = enrolled();
    await openedUnseen(world);
    world.nowMs += TIME_LIMIT_MS - 5_000;
    const prompt = await world.prompted({ exchange: 2, station: "laptop" });
    world.nowMs += 10_000;
    await world.sweepOnce();
    expect((await world.answer(prompt, world.code(secret), { exchange: 3 }))?.verdict).toBe("accept");
    expect((await world.reply(id(1))).verdict).toBe("challenge");
    expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
  });

  it("ends the older login of the same station with another credential as superseded", async () => {
    const { world, secret } = enrolled();
    const old = await world.prompted({ exchange: 1, station: "laptop" });
    const context = await world.claim({ exchange: 2, station: "laptop" });
    await world.primary(context, { credentialDigest: id(0xbee) });
    expect(world.ends()).toEqual(["1 FAILED_CHALLENGE_SUPERSEDED"]);
    const late = await world.answer(old, world.code(secret), { exchange: 3 });
    expect(late?.verdict).toBe("reject");
    expect(world.ends()).toEqual(["1 FAILED_CHALLENGE_SUPERSEDED"]);
    expect(world.factors.taken).toEqual([]);
  });

  it("refuses one challenge too many", async () => {
    const { world } = enrolled({ maxOpen: 2 });
    await world.prompted({ exchange: 1, station: "a" });
    await world.prompted({ exchange: 2, station: "b" });
    expect((await world.prompted({ exchange: 3, station: "c" })).verdict).toBe("reject");
    expect(world.ends()).toEqual(["3 FAILED_AUTHENTICATION_THROTTLED"]);
  });

  it("refuses a user who is locked out", async () => {
    const { world, secret } = enrolled({ lockout: { maxFailures: 1, windowMs: 60_000 } });
    const prompt = await world.prompted({ exchange: 1 });
    await world.answer(prompt, world.wrongCode(secret), { exchange: 2 });
    expect((await world.prompted({ exchange: 3 })).verdict).toBe("reject");
    world.nowMs += 60_001;
    expect((await world.prompted({ exchange: 4 })).verdict).toBe("challenge");
    expect(world.ends()).toEqual(["1 FAILED_OATH_CODE_INCORRECT", "3 FAILED_AUTHENTICATION_THROTTLED"]);
  });

  it("gives the first prompt's reply again when the event comes again, also after the login's end", async () => {
    const { world, secret } = enrolled();
    const context = await world.claim({ exchange: 1 });
    await world.primary(context);
    const prompt = await world.reply(context.exchangeId);
    await world.primary(context);
    await world.answer(prompt, world.code(secret), { exchange: 2 });
    await world.primary(context);
    expect(await world.reply(context.exchangeId)).toEqual(prompt);
    expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
    expect(world.reported).toHaveLength(1);
  });

  it("audits an exchange that the client gave up on as abandoned, not as what nobody was told", async () => {
    const world = new OrchestratorWorld();
    world.setClient("vpn", {}, { mfa: "off" });
    const context = await world.claim({ exchange: 1, slot: "s" });
    await world.claim({ exchange: 2, slot: "s" });
    await world.primary(context);
    expect(await world.replyIfAny(context.exchangeId)).toBeUndefined();
    expect(world.ends()).toEqual(["1 FAILED_EXCHANGE_ABANDONED"]);
  });

  it("binds State to the client and the user", async () => {
    const { world, secret } = enrolled();
    const prompt = await world.prompted({ exchange: 1 });
    const code = world.code(secret);
    await expect(world.answer(prompt, code, { exchange: 2, client: "other" })).rejects.toThrow("does not open");
    const userKey = id(0xbad) as UserKey;
    await expect(world.answer(prompt, code, { exchange: 3, userKey })).rejects.toThrow("does not open");
  });
});
