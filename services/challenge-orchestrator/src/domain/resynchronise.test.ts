import { createSecretKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { consecutiveStep } from "./resynchronise.js";
import { codeOf } from "./totp.js";

const token = { secret: createSecretKey(Buffer.from("12345678901234567890")), algorithm: "sha1", digits: 6 } as const;
const WINDOW = { firstStep: 900, lastStep: 1_100 };
const pair = (step: number) => [codeOf(token, step - 1), codeOf(token, step)] as const;

describe("consecutiveStep", () => {
  it.each([901, 1_000, 1_100])("finds two codes behind each other at %i", (step) => {
    expect(consecutiveStep(token, pair(step), WINDOW)).toBe(step);
  });

  it.each([900, 1_101, 1])("finds none that are not both in the window: %i", (step) => {
    expect(consecutiveStep(token, pair(step), WINDOW)).toBeUndefined();
  });

  it("takes neither the same code twice, nor two in another order, nor one wrong, nor one missing", () => {
    const [first, second] = pair(1_000);
    const wrong = `${second.slice(0, 5)}${(Number(second[5]) + 1) % 10}`;
    const others = [
      [first, first],
      [second, first],
      [first, wrong],
      [first, codeOf(token, 1_001)],
      [first, ""],
      ["", second],
    ] as const;
    for (const codes of others) expect(consecutiveStep(token, codes, WINDOW)).toBeUndefined();
  });
});
