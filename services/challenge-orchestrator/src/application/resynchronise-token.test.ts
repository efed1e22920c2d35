import { createSecretKey } from "node:crypto";
import type { UserId } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import type { Token } from "../domain/token.js";
import { codeOf, stepAt } from "../domain/totp.js";
import { createFactorWorld } from "../testing/factor-world.js";
import type { OwnedToken } from "./factor-ports.js";
import { ResynchroniseToken } from "./resynchronise-token.js";

const ALICE = "a".repeat(32) as UserId;

function setUp(shape: Partial<Token> = {}) {
  const world = createFactorWorld();
  const secret = createSecretKey(world.factors.addToken(ALICE, "T1", shape));
  world.factors.addToken(ALICE, "T2");
  const stored = async (serial = "T1") =>
    (await world.factors.find(ALICE)).tokens.find((token) => token.serial === serial);
  const find = async (serial: string): Promise<OwnedToken | undefined> => {
    const token = await stored(serial);
    return token && { ...token, userId: ALICE };
  };
  const resynchronise = new ResynchroniseToken({ ...world, tokens: { find } });
  const code = (step: number) => codeOf({ secret, algorithm: "sha1", digits: 6 }, step);
  const now = stepAt(world.nowMs, 30);
  const resync = (step: number) => resynchronise.execute("T1", [code(step - 1), code(step)]);
  return { world, resynchronise, code, now, resync, stored };
}

describe("ResynchroniseToken", () => {
  it.each([-60, -1, 0, 99])("finds a clock that is off by %i steps, and uses both codes", async (offset) => {
    const { now, resync, stored } = setUp();
    expect(await resync(now + offset)).toEqual({ kind: "done", driftSteps: offset, step: now + offset });
    expect(await stored()).toMatchObject({ driftSteps: offset, lastStep: now + offset });
    expect(await resync(now + offset)).toMatchObject({ kind: "done" });
    expect(await resync(now + offset - 1)).toEqual({ kind: "old" });
    // Its first code is the second of before.
    expect(await resync(now + offset + 1)).toEqual({ kind: "old" });
  });

  it("finds how often a button was pressed, forward only", async () => {
    const { resync, stored } = setUp({ type: "hotp", lastStep: 9 });
    expect(await resync(10)).toEqual({ kind: "no-match" });
    expect(await resync(700)).toMatchObject({ kind: "done", driftSteps: 0 });
    expect(await stored()).toMatchObject({ lastStep: 700, driftSteps: 0 });
    expect(await resync(500)).toEqual({ kind: "no-match" });
    expect(await resync(1_702)).toEqual({ kind: "no-match" });
  });

  it("takes codes as they are typed, and nothing for codes that are wrong or of another token", async () => {
    const { world, resynchronise, code, now, stored } = setUp();
    const spaced = (text: string) => ` ${text.slice(0, 3)} ${text.slice(3)}`;
    expect(await resynchronise.execute("T1", [code(now), code(now + 2)])).toEqual({ kind: "no-match" });
    expect(await resynchronise.execute("T2", [code(now), code(now + 1)])).toEqual({ kind: "no-match" });
    expect(await resynchronise.execute("gone", [code(now), code(now + 1)])).toEqual({ kind: "unknown-token" });
    world.factors.swapSecret("T2", "T1");
    expect(await resynchronise.execute("T2", [code(now), code(now + 1)])).toEqual({ kind: "no-match" });
    expect((await stored())?.lastStep).toBe(-1);
    expect(await resynchronise.execute("T1", [spaced(code(now)), spaced(code(now + 1))])).toMatchObject({
      kind: "done",
    });
  });

  it("does not let codes that were used bring a token back", async () => {
    const { world, now, resync } = setUp();
    await world.factors.useStep({ serial: "T1", step: now, answerId: "1".repeat(32) as never, driftSteps: 0 });
    for (const step of [now - 5, now, now + 1]) expect(await resync(step)).toEqual({ kind: "old" });
    expect(await resync(now + 2)).toMatchObject({ kind: "done", driftSteps: 2 });
  });
});
