import { appendedCodePlace } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import type { FaultMode } from "../testing/faults.js";
import { ALICE, CHALLENGE_LIMIT_MS, OrchestratorWorld, TIME_LIMIT_MS } from "../testing/orchestrator-world.js";

const MODES: readonly FaultMode[] = ["before", "after"];

/** One failure and one try beside the last: a try that is counted twice makes the right code come too late. */
const TIGHT = { maxTries: 2, lockout: { maxFailures: 2, windowMs: 300_000 } };

/** Runs a story once undisturbed, then once for each step of it that fails, before or after it took effect. */
async function atEveryStep(story: (world: OrchestratorWorld) => Promise<void>): Promise<number> {
  const undisturbed = new OrchestratorWorld(TIGHT);
  await story(undisturbed);
  const { steps } = undisturbed.faults;
  for (const [at, step] of steps.entries()) {
    for (const mode of MODES) {
      const world = new OrchestratorWorld(TIGHT);
      world.faults.failAt(at, mode);
      await story(world).catch((error: unknown) => {
        throw new Error(`${mode} step ${at}, ${step}`, { cause: error });
      });
    }
  }
  return steps.length;
}

describe("a step that fails and is repeated", () => {
  it("changes nothing about a wrong code and the right one after it", async () => {
    const steps = await atEveryStep(async (world) => {
      const secret = world.factors.addToken(ALICE, "T1");
      const prompt = await world.prompted({ exchange: 1 });
      const next = await world.answer(prompt, world.wrongCode(secret), { exchange: 2 });
      expect(next).toMatchObject({ verdict: "challenge", message: "That code was wrong. Enter the next code." });
      const reply = await world.answer(next ?? prompt, world.code(secret), { exchange: 3 });
      expect(reply?.verdict).toBe("accept");
      expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
      expect(world.reported).toHaveLength(1);
      expect(world.factors.taken).toHaveLength(1);
      world.nowMs += CHALLENGE_LIMIT_MS + 10_000;
      await world.sweepOnce();
      expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
      expect(await world.store.due(10, 1)).toEqual([]);
    });
    expect(steps).toBeGreaterThanOrEqual(20);
  });

  it("makes one end of two wrong codes, and of a code that was used", async () => {
    await atEveryStep(async (world) => {
      const secret = world.factors.addToken(ALICE, "T1");
      const code = world.code(secret);
      const used = await world.prompted({ exchange: 1 });
      expect((await world.answer(used, code, { exchange: 2 }))?.verdict).toBe("accept");
      const prompt = await world.prompted({ exchange: 3 });
      const next = await world.answer(prompt, world.wrongCode(secret), { exchange: 4 });
      expect((await world.answer(next ?? prompt, code, { exchange: 5 }))?.verdict).toBe("reject");
      expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED", "3 FAILED_OATH_CODE_DUPLICATE"]);
      expect(world.factors.taken).toHaveLength(1);
    });
  });

  it("changes nothing about a code that came with its password, wrong, right and used", async () => {
    const steps = await atEveryStep(async (world) => {
      const secret = world.factors.addToken(ALICE, "T1");
      const code = world.code(secret);
      const wrong = await world.typedTogether({ exchange: 1, station: "s" }, world.wrongCode(secret));
      expect(wrong?.verdict).toBe("reject");
      const right = await world.typedTogether({ exchange: 2, station: "s" }, code);
      expect(right?.verdict).toBe("accept");
      const used = await world.typedTogether({ exchange: 3, station: "t" }, code);
      expect(used?.verdict).toBe("reject");
      const again = await world.typedTogether({ exchange: 5, station: "s" }, code);
      expect(again?.verdict).toBe("accept");
      expect(world.factors.taken).toHaveLength(1);
      const ends = ["1 FAILED_OATH_CODE_INCORRECT", "2 SUCCESS_OATH_CODE_VERIFIED", "3 FAILED_OATH_CODE_DUPLICATE"];
      expect(world.ends()).toEqual(ends);
      expect(world.reported).toHaveLength(3);
      // Two failures are all she has: each counted once, or the third would have been locked out, or this one not.
      expect((await world.typedTogether({ exchange: 4 }, world.code(secret, 1)))?.verdict).toBe("reject");
      world.nowMs += CHALLENGE_LIMIT_MS + 10_000;
      await world.sweepOnce();
      expect(world.ends()).toEqual([...ends, "4 FAILED_AUTHENTICATION_THROTTLED"]);
      expect(await world.store.due(10, 1)).toEqual([]);
    });
    expect(steps).toBeGreaterThanOrEqual(30);
  });

  it("ends a login with a code in one row when nothing repeats the step that fails", async () => {
    const story = async (world: OrchestratorWorld): Promise<void> => {
      const code = world.code(world.factors.addToken(ALICE, "T1"));
      const context = await world.claim({ exchange: 1, station: "s" });
      const sealedCode = world.sealed(code, appendedCodePlace(context.exchangeId));
      // The process dies at this step; only the sweep of another one comes by.
      const decision = { ...world.proven(context), sealedCode };
      await world.openChallenge.execute(decision).catch(() => undefined);
    };
    const undisturbed = new OrchestratorWorld(TIGHT);
    await story(undisturbed);
    const names = ["find", "open", "removeDue", "reserve", "find", "useStep", "settle", "decideExchange", "wake"];
    expect(undisturbed.faults.steps.map((step) => step.split(".")[1])).toEqual([...names, "loginDecided", "removeDue"]);
    for (const [at, step] of undisturbed.faults.steps.entries()) {
      for (const mode of MODES) {
        const world = new OrchestratorWorld(TIGHT);
        world.faults.failAt(at, mode);
        await story(world);
        world.nowMs += TIME_LIMIT_MS + 10_000;
        await world.sweepOnce();
        world.nowMs += CHALLENGE_LIMIT_MS;
        await world.sweepOnce();
        // Between the opening and the entry of the exchange both tell an end; the audit takes the first.
        const inBetween = (at === 1 && mode === "after") || (at === 2 && mode === "before");
        const ends = new Set(world.decided.map(({ context: { loginId } }) => loginId));
        expect([ends.size, `${mode} ${step}`]).toEqual([1, `${mode} ${step}`]);
        if (!inBetween) expect(world.ends(), `${mode} ${step}`).toHaveLength(1);
        expect(await world.store.due(10, 1)).toEqual([]);
      }
    }
  });

  it("passes the same answer when its first check is repeated after its code has left the window", async () => {
    const world = new OrchestratorWorld(TIGHT);
    const secret = world.factors.addToken(ALICE, "T1");
    const prompt = await world.prompted({ exchange: 1 });
    const code = world.code(secret, -1);
    world.faults.failAt(world.faults.steps.length + 3, "before");
    const { verifyAnswer } = world;
    const execute = verifyAnswer.execute.bind(verifyAnswer);
    verifyAnswer.execute = (answer) => execute(answer).finally(() => (world.nowMs += TIME_LIMIT_MS - 1));
    expect((await world.answer(prompt, code, { exchange: 2 }))?.verdict).toBe("accept");
    expect(world.faults.steps.filter((step) => step === "factors.find")).toHaveLength(3);
    expect(world.factors.taken).toHaveLength(1);
  });

  it("makes one end of a login without a challenge, of joined, superseded and refused ones", async () => {
    await atEveryStep(async (world) => {
      world.factors.addToken(ALICE, "T1");
      world.setClient("open", {}, { mfa: "off" });
      const plain = await world.claim({ exchange: 1, client: "open" });
      await world.primary(plain);
      const refused = await world.claim({ exchange: 2 });
      await world.primary(refused, { result: { kind: "refused", resultCode: "FAILED_PRIMARY_REJECTED" } });
      expect((await world.prompted({ exchange: 3, station: "s" })).verdict).toBe("challenge");
      expect((await world.prompted({ exchange: 4, station: "s" })).verdict).toBe("challenge");
      const other = await world.claim({ exchange: 5, station: "s" });
      await world.primary(other, { credentialDigest: "other" });
      expect((await world.reply(other.exchangeId)).verdict).toBe("challenge");
      world.nowMs += CHALLENGE_LIMIT_MS + 10_000;
      await world.sweepOnce();
      expect(world.ends()).toEqual([
        "1 SUCCESS_MFA_NOT_REQUIRED",
        "2 FAILED_PRIMARY_REJECTED",
        "3 FAILED_CHALLENGE_SUPERSEDED",
        "5 FAILED_CHALLENGE_EXPIRED",
      ]);
      expect(world.reported).toHaveLength(4);
    });
  });
});
