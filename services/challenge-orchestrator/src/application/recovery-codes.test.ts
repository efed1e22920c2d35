import type { AnswerId, UserId } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import { createFactorWorld } from "../testing/factor-world.js";
import { RecoveryCodes } from "./recovery-codes.js";

const ALICE = "a".repeat(32) as UserId;
const BOB = "b".repeat(32) as UserId;
const answer = (number: number) => number.toString(16).padStart(32, "0") as AnswerId;

async function issued() {
  const world = createFactorWorld();
  const recoveryCodes = new RecoveryCodes(world);
  const codes = await recoveryCodes.issue(ALICE);
  const use = (code: string, by: number, userId = ALICE) => recoveryCodes.use({ userId, code, answerId: answer(by) });
  return { world, recoveryCodes, codes, use };
}

describe("RecoveryCodes", () => {
  it("are ten, each used once, also as people type them", async () => {
    const { world, codes, use } = await issued();
    expect(new Set(codes).size).toBe(10);
    for (const [at, code] of codes.entries()) {
      expect(await use(code.toUpperCase().replaceAll("-", " "), at)).toBe(true);
      expect(await use(code, at)).toBe(true);
      expect(await use(code, 100)).toBe(false);
    }
    expect(await world.codes.left(ALICE)).toBe(0);
  });

  it("are hers only, and right to the last letter", async () => {
    const { codes, use } = await issued();
    const [code = ""] = codes;
    const bent = `${code.slice(0, -1)}${code.endsWith("2") ? "3" : "2"}`;
    expect([await use(code, 1, BOB), await use(bent, 1), await use("", 1), await use(code.slice(1), 1)]).toEqual(
      Array(4).fill(false),
    );
    expect(await use(code, 1)).toBe(true);
  });

  it("are worthless when there are new ones", async () => {
    const { recoveryCodes, codes, use } = await issued();
    const [next = ""] = await recoveryCodes.issue(ALICE);
    expect(await use(codes[0] ?? "", 1)).toBe(false);
    expect(await use(next, 1)).toBe(true);
  });
});
