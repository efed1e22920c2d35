import type { AnswerId } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import { judgeCode, tellingFailure } from "./code-verdict.js";

const MINE = "a".repeat(32) as AnswerId;
const OTHER = "b".repeat(32);
const failed = (failure: string) => ({ kind: "failed", failure });

describe("judgeCode", () => {
  it.each([
    // steps that matched, last step, last answer, verdict
    [[100], -1, "", { kind: "unused", step: 100 }],
    [[100], 99, OTHER, { kind: "unused", step: 100 }],
    [[100], 100, OTHER, failed("FAILED_OATH_CODE_DUPLICATE")],
    [[100], 101, OTHER, failed("FAILED_OATH_CODE_OLD")],
    [[], 100, OTHER, failed("FAILED_OATH_CODE_INCORRECT")],
    [[], -1, "", failed("FAILED_OATH_CODE_INCORRECT")],
    [[99, 101], 100, OTHER, { kind: "unused", step: 101 }],
    [[99, 100], 100, OTHER, failed("FAILED_OATH_CODE_DUPLICATE")],
    [[100], 100, MINE, { kind: "used-by-this-answer" }],
    [[], 100, MINE, { kind: "used-by-this-answer" }],
  ])("steps %j, last used %i by %j: %o", (matches, lastStep, lastAnswerId, verdict) => {
    expect(judgeCode(matches, { lastStep, lastAnswerId }, MINE)).toEqual(verdict);
  });
});

describe("tellingFailure", () => {
  it("names a code that was used before one that was never right", () => {
    expect(tellingFailure(["FAILED_OATH_CODE_INCORRECT", "FAILED_OATH_CODE_OLD"])).toBe("FAILED_OATH_CODE_OLD");
    expect(tellingFailure(["FAILED_OATH_CODE_OLD", "FAILED_OATH_CODE_DUPLICATE"])).toBe("FAILED_OATH_CODE_DUPLICATE");
    expect(tellingFailure([])).toBe("FAILED_OATH_CODE_INCORRECT");
  });
});
