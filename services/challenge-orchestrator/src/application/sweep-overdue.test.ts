import { describe, expect, it } from "vitest";
import { ALICE, CHALLENGE_LIMIT_MS, id, OrchestratorWorld, TIME_LIMIT_MS } from "../testing/orchestrator-world.js";

const LEASE_MS = 10_000;
const GRACE_MS = 2_000;

describe("SweepOverdue", () => {
  it("ends what nobody decided in time, and tells the waiting gateway that there is no reply", async () => {
    const world = new OrchestratorWorld();
    const context = await world.claim({ exchange: 1 });
    await world.sweepOnce();
    expect(world.decided).toEqual([]);
    world.nowMs += TIME_LIMIT_MS + GRACE_MS;
    await world.sweepOnce();
    expect((await world.reply(context.exchangeId)).verdict).toBe("discard");
    expect(world.decided).toMatchObject([
      { resultCode: "FAILED_DEADLINE_EXCEEDED", verdict: "discard", userId: id(0xe1), userKnown: false },
    ]);
    expect(world.faults.steps).toContain("store.wake");
    world.nowMs += LEASE_MS * 2;
    await world.sweepOnce();
    expect(world.decided).toHaveLength(1);
  });

  it("ends an exchange that its client gave up on", async () => {
    const world = new OrchestratorWorld();
    await world.claim({ exchange: 1, slot: "s" });
    await world.claim({ exchange: 2, slot: "s" });
    world.nowMs += TIME_LIMIT_MS + GRACE_MS;
    await world.sweepOnce();
    expect(world.ends().toSorted()).toEqual(["1 FAILED_EXCHANGE_ABANDONED", "2 FAILED_DEADLINE_EXCEEDED"]);
  });

  it("ends a challenge that nobody answered", async () => {
    const world = new OrchestratorWorld();
    world.factors.addToken(ALICE, "T1");
    await world.prompted({ exchange: 1 });
    world.nowMs += CHALLENGE_LIMIT_MS + GRACE_MS;
    await world.sweepOnce();
    expect(world.decided).toMatchObject([
      { resultCode: "FAILED_CHALLENGE_EXPIRED", verdict: "reject", userId: ALICE, userKnown: true },
    ]);
    world.nowMs += LEASE_MS * 2;
    await world.sweepOnce();
    expect(world.decided).toHaveLength(1);
  });

  it.each([
    ["a reply without an announcement", "events.loginDecided", "SUCCESS_MFA_NOT_REQUIRED", false],
    ["a right answer without an announcement", "events.loginDecided", "SUCCESS_OATH_CODE_VERIFIED", true],
    ["a right answer without a reply", "store.decideExchange", "SUCCESS_OATH_CODE_VERIFIED", true],
  ])("completes what died after its end: %s", async (_what, failing, resultCode, mfa) => {
    const world = new OrchestratorWorld();
    const secret = world.factors.addToken(ALICE, "T1");
    world.setClient("vpn", {}, { mfa: mfa ? "on" : "off" });
    const prompt = mfa ? await world.prompted({ exchange: 1 }) : undefined;
    // The process dies at this step: nothing repeats it, only the sweep of another one comes by.
    world.deliver = (handle) =>
      handle().then(
        () => undefined,
        () => undefined,
      );
    const undisturbed = world.faults.steps.length;
    const stepsBefore = mfa
      ? ["reserve", "find", "useStep", "settle", "decideExchange", "wake"]
      : ["decideExchange", "wake"];
    const steps = failing.startsWith("events") ? stepsBefore.length : stepsBefore.indexOf("decideExchange");
    world.faults.failAt(undisturbed + steps, "before");
    if (prompt === undefined) await world.primary(await world.claim({ exchange: 1 }));
    else await world.answer(prompt, world.code(secret), { exchange: 2 });
    expect(world.faults.steps.at(-1)).toBe(failing);
    expect(world.decided).toEqual([]);
    world.nowMs += CHALLENGE_LIMIT_MS + GRACE_MS;
    await world.sweepOnce();
    expect(world.ends()).toEqual([`1 ${resultCode}`]);
  });

  it("keeps what it could not announce, for the next turn after the lease", async () => {
    const world = new OrchestratorWorld();
    for (const exchange of [1, 2, 3]) await world.claim({ exchange });
    world.nowMs += TIME_LIMIT_MS + GRACE_MS;
    await world.sweepOnce();
    const perTurn = world.faults.steps.indexOf("events.loginDecided");
    expect(world.ends()).toHaveLength(3);

    const disturbed = new OrchestratorWorld();
    for (const exchange of [1, 2, 3]) await disturbed.claim({ exchange });
    disturbed.nowMs += TIME_LIMIT_MS + GRACE_MS;
    disturbed.faults.failAt(perTurn, "before");
    await expect(disturbed.sweep.execute()).rejects.toThrow("was away");
    expect(disturbed.ends()).toHaveLength(2);
    disturbed.nowMs += LEASE_MS;
    await disturbed.sweepOnce();
    expect(disturbed.ends()).toHaveLength(3);
    expect(disturbed.decided).toHaveLength(3);
  });

  it("gives up an entry that can't be read, rather than take it for ever", async () => {
    const world = new OrchestratorWorld();
    const context = await world.claim({ exchange: 1 });
    const { userKey, exchangeId, gatewayId, client } = { ...context, exchangeId: id(7) as typeof context.exchangeId };
    const slot = "other";
    const limits = { timeLimitMs: TIME_LIMIT_MS, keepMs: 1_000, maxExchanges: 9, startsLogin: true };
    const broken = Buffer.from([0xff, 0xff]);
    await world.store.claim({ userKey, exchangeId, gatewayId, client, slot, ...limits, context: broken });
    world.nowMs += TIME_LIMIT_MS + GRACE_MS;
    await world.sweepOnce();
    expect(world.ends()).toEqual(["1 FAILED_DEADLINE_EXCEEDED"]);
    world.nowMs += LEASE_MS * 2;
    expect(await world.sweep.execute()).toBe(0);
  });
});
