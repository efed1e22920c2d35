import { denialPlace, type LoginId, replyAttributesPlace } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import { ALICE, id, OrchestratorWorld, type Request, TIME_LIMIT_MS } from "../testing/orchestrator-world.js";

const GRACE_MS = 2_000;

function manual(changed: Parameters<OrchestratorWorld["setClient"]>[1] = {}): OrchestratorWorld {
  const world = new OrchestratorWorld();
  world.setClient("vpn", changed, { methods: ["manual"] });
  return world;
}

async function held(world: OrchestratorWorld, request: Request): Promise<LoginId> {
  const context = await world.claim({ station: "laptop", ...request });
  await world.primary(context);
  return context.loginId;
}

const verdictOf = async (world: OrchestratorWorld, exchange: number) => (await world.replyIfAny(id(exchange)))?.verdict;

describe("a held login", () => {
  it("waits without a reply until somebody approves it, and ends once", async () => {
    const world = manual();
    const loginId = await held(world, { exchange: 1 });
    expect(await verdictOf(world, 1)).toBeUndefined();
    await world.approve({ loginId }, true);
    await world.approve({ loginId }, false);
    expect(await verdictOf(world, 1)).toBe("accept");
    expect(world.ends()).toEqual(["1 SUCCESS_MANUAL"]);
    expect(world.faults.steps).toContain("store.wake");
  });

  it("is rejected when somebody denies it", async () => {
    const world = manual();
    await world.approve({ loginId: await held(world, { exchange: 1 }) }, false);
    expect(await verdictOf(world, 1)).toBe("reject");
    expect(world.ends()).toEqual(["1 FAILED_MANUAL_DENIED"]);
  });

  it("is joined by the same login again; the newest exchange of a client is accepted, its older one given up", async () => {
    const world = manual();
    const loginId = await held(world, { exchange: 1 });
    world.nowMs += 5_000;
    await held(world, { exchange: 2 });
    await world.approve({ loginId }, true);
    expect([await verdictOf(world, 1), await verdictOf(world, 2)]).toEqual(["discard", "accept"]);
    expect(world.ends()).toEqual(["1 SUCCESS_MANUAL"]);
    world.nowMs += TIME_LIMIT_MS * 2;
    await world.sweepOnce();
    expect(world.ends()).toEqual(["1 SUCCESS_MANUAL"]);
  });

  it("carries no login with another password, and closes for it", async () => {
    const world = manual();
    const loginId = await held(world, { exchange: 1 });
    const other = await world.claim({ exchange: 2, station: "laptop" });
    await world.primary(other, { credentialDigest: id(0xbad) });
    expect(await verdictOf(world, 1)).toBe("reject");
    await world.approve({ loginId }, true);
    expect(await verdictOf(world, 2)).toBeUndefined();
    await world.approve({ loginId: other.loginId }, true);
    expect(await verdictOf(world, 2)).toBe("accept");
    expect(world.ends()).toEqual(["1 FAILED_CHALLENGE_SUPERSEDED", "2 SUCCESS_MANUAL"]);
  });

  it("lets no login from another station in beside it, nor close it", async () => {
    const world = manual();
    const loginId = await held(world, { exchange: 1 });
    await held(world, { exchange: 2, station: "elsewhere" });
    expect(await verdictOf(world, 2)).toBe("reject");
    await world.approve({ loginId }, true);
    expect(await verdictOf(world, 1)).toBe("accept");
    expect(world.ends()).toEqual(["2 FAILED_PROMPT_OPEN_ELSEWHERE", "1 SUCCESS_MANUAL"]);
  });

  it("is not let in by an approval when the user is switched off, or the client asks nobody by hand any more", async () => {
    const world = manual();
    const loginId = await held(world, { exchange: 1 });
    world.factors.setEnabled(ALICE, false);
    await world.approve({ loginId }, true);
    expect(await verdictOf(world, 1)).toBe("reject");
    const other = manual();
    const otherId = await held(other, { exchange: 1 });
    other.setClient("vpn", {});
    await other.approve({ loginId: otherId }, true);
    expect(await verdictOf(other, 1)).toBe("reject");
    expect([...world.ends(), ...other.ends()]).toEqual(["1 FAILED_USER_DISABLED", "1 FAILED_MANUAL_DENIED"]);
  });

  it("is rejected when nobody answers in the client's time", async () => {
    const world = manual();
    const loginId = await held(world, { exchange: 1 });
    world.nowMs += TIME_LIMIT_MS + GRACE_MS;
    await world.sweepOnce();
    expect(await verdictOf(world, 1)).toBe("reject");
    await world.approve({ loginId }, true);
    expect(await verdictOf(world, 1)).toBe("reject");
    expect(world.ends()).toEqual(["1 FAILED_CHALLENGE_EXPIRED"]);
  });

  it("ends with what its exchange brought along: the target's attributes, or the words of its denial", async () => {
    for (const approved of [true, false]) {
      const world = manual();
      const context = await world.claim({ exchange: 1 });
      await world.primary(context, {
        credential: "ms-chap",
        sealedAttributes: world.sealed("target's", replyAttributesPlace(context.exchangeId)),
        sealedDenial: world.sealed("denial", denialPlace(context.exchangeId)),
      });
      await world.approve(context, approved);
      const reply = await world.reply(context.exchangeId);
      expect(Buffer.from(reply.attributes).toString()).toBe(approved ? "target's" : "denial");
    }
  });

  it("comes to the same end wherever the orchestrator is killed on the way", async () => {
    for (let step = 1; step < 40; step++) {
      for (const when of ["before", "after"] as const) {
        const world = manual();
        world.faults.failAt(step, when);
        const loginId = await held(world, { exchange: 1 });
        world.nowMs += 1_000;
        await held(world, { exchange: 2 });
        await world.approve({ loginId }, true);
        const verdicts = [await verdictOf(world, 1), await verdictOf(world, 2)];
        expect(verdicts, `step ${step} ${when}`).toEqual(["discard", "accept"]);
        world.nowMs += TIME_LIMIT_MS * 2;
        await world.sweepOnce();
        await world.sweepOnce();
        expect(world.ends(), `step ${step} ${when}`).toEqual(["1 SUCCESS_MANUAL"]);
      }
    }
  });
});

describe("the attributes of an accept", () => {
  it("are those of the rules for everybody and for the user's groups, in order", async () => {
    const rule = (text: string, ...groups: string[]) => ({ groups, attributes: Buffer.from(text) });
    const replyAttributes = [rule("a"), rule("b", "ops"), rule("c", "staff", "guests"), rule("d", "other")];
    const world = manual({ replyAttributes });
    world.factors.groups.set(ALICE, ["staff", "ops"]);
    await world.approve({ loginId: await held(world, { exchange: 1 }) }, true);
    expect(Buffer.from((await world.reply(id(1))).attributes).toString()).toBe("abc");
    world.setClient("vpn", { replyAttributes }, { mfa: "off" });
    const stranger = await world.claim({ exchange: 2 });
    await world.primary(stranger, { userId: id(0x57), userKnown: false } as never);
    expect(Buffer.from((await world.reply(id(2))).attributes).toString()).toBe("a");
  });
});
