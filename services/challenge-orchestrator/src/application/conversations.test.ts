import { replyAttributesPlace, type UserId } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import type { PrimaryDecision } from "../domain/primary-decision.js";
import { ALICE, CHALLENGE_LIMIT_MS, id, OrchestratorWorld } from "../testing/orchestrator-world.js";

const GRACE_MS = 2_000;
const SERVER = "192.0.2.7:1812";

const conversation = (state = "", further = true) => ({ server: SERVER, state: Buffer.from(state), further });
const challenged = (state: string, further: boolean): Partial<PrimaryDecision> => ({
  result: { kind: "challenged" },
  credential: "eap",
  userKnown: false,
  userId: id(0xe1) as UserId,
  credentialDigest: "",
  conversation: conversation(state, further),
});

/** One round with the target, and the State that the client got. */
async function round(world: OrchestratorWorld, exchange: number, state: string) {
  const context = exchange === 1 ? await world.claim({ exchange }) : await world.claimRound({ exchange });
  const sealedAttributes = world.sealed(`eap ${exchange}`, replyAttributesPlace(context.exchangeId));
  await world.primary(context, { ...challenged(state, exchange > 1), sealedAttributes });
  return world.reply(context.exchangeId);
}

describe("a conversation with a target", () => {
  it("goes on under our State, which leads back to the server and its own", async () => {
    const world = new OrchestratorWorld();
    const first = await round(world, 1, "state 1");
    expect([first.verdict, Buffer.from(first.attributes).toString()]).toEqual(["challenge", "eap 1"]);
    const token = {
      kind: "conversation",
      loginId: id(1),
      server: SERVER,
      state: new Uint8Array(Buffer.from("state 1")),
    };
    expect(world.openState(first)).toEqual(token);
    expect(world.openState(await round(world, 2, "state 2"))).toMatchObject({ loginId: id(1) });
    expect(world.ends()).toEqual([]);
  });

  it("ends with the target's verdict, in one row", async () => {
    const world = new OrchestratorWorld();
    world.setClient("vpn", {}, { mfa: "off" });
    await round(world, 1, "state 1");
    const last = await world.claimRound({ exchange: 2 });
    await world.primary(last, { credential: "eap", conversation: conversation() });
    expect((await world.reply(last.exchangeId)).verdict).toBe("accept");
    world.nowMs += CHALLENGE_LIMIT_MS * 2;
    await world.sweepOnce();
    expect(world.ends()).toEqual(["1 SUCCESS_MFA_NOT_REQUIRED"]);
  });

  it("passes the target's reject on at once, with what it says", async () => {
    const world = new OrchestratorWorld();
    await round(world, 1, "state 1");
    const last = await world.claimRound({ exchange: 2 });
    const sealedAttributes = world.sealed("eap failure", replyAttributesPlace(last.exchangeId));
    const result = { kind: "refused", resultCode: "FAILED_PRIMARY_REJECTED" } as const;
    await world.primary(last, { ...challenged("", true), result, sealedAttributes });
    const reply = await world.reply(last.exchangeId);
    expect([reply.verdict, reply.notBeforeMs, Buffer.from(reply.attributes).toString()]).toEqual([
      "reject",
      0,
      "eap failure",
    ]);
    expect(world.ends()).toEqual(["1 FAILED_PRIMARY_REJECTED"]);
  });

  it("goes on as a held login of the user whom the target named, and ends in one row", async () => {
    const world = new OrchestratorWorld();
    world.setClient("vpn", {}, { methods: ["manual"] });
    await round(world, 1, "state 1");
    const last = await world.claimRound({ exchange: 2 });
    await world.primary(last, { credential: "eap", userId: ALICE, conversation: conversation() });
    expect(await world.replyIfAny(last.exchangeId)).toBeUndefined();
    await world.approve(last, true);
    expect((await world.reply(last.exchangeId)).verdict).toBe("accept");
    world.nowMs += CHALLENGE_LIMIT_MS * 2;
    await world.sweepOnce();
    expect(world.ends()).toEqual(["1 SUCCESS_MANUAL"]);
  });

  it("goes on with a prompt of ours when the target has got its own answer, and ends in one row", async () => {
    const world = new OrchestratorWorld();
    const secret = world.factors.addToken(ALICE, "T1");
    await round(world, 1, "state 1");
    const last = await world.claimRound({ exchange: 2 });
    await world.primary(last, { userId: ALICE, conversation: conversation() });
    const prompt = await world.reply(last.exchangeId);
    expect(world.openState(prompt)).toMatchObject({ kind: "prompt", loginId: id(1) });
    expect(await world.answer(prompt, world.code(secret), { exchange: 3 })).toMatchObject({ verdict: "accept" });
    world.nowMs += CHALLENGE_LIMIT_MS * 2;
    await world.sweepOnce();
    expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
  });

  it("ends by itself when the client says no more", async () => {
    const world = new OrchestratorWorld();
    await round(world, 1, "state 1");
    world.nowMs += CHALLENGE_LIMIT_MS + GRACE_MS;
    await world.sweepOnce();
    expect(world.ends()).toEqual(["1 FAILED_CHALLENGE_EXPIRED"]);
    expect(world.decided[0]?.userKnown).toBe(false);
  });

  it("refuses a State that is too long to be kept in ours", async () => {
    const world = new OrchestratorWorld();
    expect((await round(world, 1, "s".repeat(253))).verdict).toBe("reject");
    expect(world.ends()).toEqual(["1 FAILED_REQUEST_INVALID"]);
  });

  it("prompts nobody for a code where the answer has no way back", async () => {
    const world = new OrchestratorWorld();
    world.factors.addToken(ALICE, "T1");
    const context = await world.claim({ exchange: 1 });
    await world.primary(context, { credential: "ms-chap" });
    expect((await world.reply(context.exchangeId)).verdict).toBe("reject");
    expect(world.ends()).toEqual(["1 FAILED_PROMPT_NOT_POSSIBLE"]);
  });

  const refused = { kind: "refused", resultCode: "FAILED_PRIMARY_REJECTED" } as const;

  it.each([
    ["accepted", {}],
    ["refused", { result: refused }],
    ["challenged", { result: { kind: "challenged" } as const }],
  ])("is over once it has ended: whoever comes with its State again is rejected, were she %s", async (_what, again) => {
    const world = new OrchestratorWorld();
    world.setClient("vpn", {}, { mfa: "off" });
    await round(world, 1, "state 1");
    const last = await world.claimRound({ exchange: 2 });
    await world.primary(last, { credential: "eap", conversation: conversation() });
    expect((await world.reply(last.exchangeId)).verdict).toBe("accept");
    const other = await world.claimRound({ exchange: 3 });
    await world.primary(other, { credential: "eap", conversation: conversation(), ...again });
    expect((await world.reply(other.exchangeId)).verdict).toBe("reject");
    await world.primary(last, { credential: "eap", conversation: conversation() });
    expect((await world.reply(last.exchangeId)).verdict).toBe("accept");
    expect(world.ends()).toEqual(["1 SUCCESS_MFA_NOT_REQUIRED"]);
  });

  it("is over when its time was, or when it is not known at all", async () => {
    const world = new OrchestratorWorld();
    world.factors.addToken(ALICE, "T1");
    await round(world, 1, "state 1");
    world.nowMs += CHALLENGE_LIMIT_MS + GRACE_MS;
    await world.sweepOnce();
    for (const exchange of [2, 3]) {
      const late = await world.claimRound({ exchange });
      await world.primary(late, { userId: ALICE, conversation: conversation() });
      expect((await world.reply(late.exchangeId)).verdict).toBe("reject");
      world.nowMs += 3 * 3_600_000;
    }
    expect(world.ends()).toEqual(["1 FAILED_CHALLENGE_EXPIRED"]);
  });

  it("goes on as one login of the user only: another round under the same State does not ride on her approval", async () => {
    const world = new OrchestratorWorld();
    world.setClient("vpn", {}, { methods: ["manual"] });
    await round(world, 1, "state 1");
    const first = await world.claimRound({ exchange: 2 });
    await world.primary(first, { credential: "eap", userId: ALICE, conversation: conversation() });
    const second = await world.claimRound({ exchange: 3 });
    await world.primary(second, { credential: "eap", userId: ALICE, conversation: conversation() });
    expect((await world.reply(second.exchangeId)).verdict).toBe("reject");
    await world.approve(first, true);
    expect((await world.reply(first.exchangeId)).verdict).toBe("accept");
    expect((await world.reply(second.exchangeId)).verdict).toBe("reject");
    expect(world.ends()).toEqual(["1 SUCCESS_MANUAL"]);
  });

  it("ends in one way wherever the orchestrator is killed while it hands over", async () => {
    for (let step = 0; step < 30; step++) {
      for (const when of ["before", "after"] as const) {
        const world = new OrchestratorWorld();
        world.factors.addToken(ALICE, "T1");
        await round(world, 1, "state 1");
        const last = await world.claimRound({ exchange: 2 });
        world.faults.failAt(world.faults.steps.length + step, when);
        // Killed, and its event comes again only after the deadline.
        const decision = { ...world.proven(last), conversation: conversation() };
        await world.openChallenge.execute(decision).catch(() => undefined);
        world.nowMs += CHALLENGE_LIMIT_MS * 2;
        await world.openChallenge.execute(decision).catch(() => undefined);
        for (let time = 0; time < 3; time++) {
          await world.sweepOnce();
          world.nowMs += CHALLENGE_LIMIT_MS;
        }
        expect(world.ends(), `step ${step} ${when}`).toHaveLength(1);
      }
    }
  });
});
