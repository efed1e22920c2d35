import { describe, expect, it } from "vitest";
import { blockByOperator, blockByReport, hasRunOut, NEVER, type UserBlock, untilOf } from "./user-block.js";

const T = 1_790_000_000_000;
const DAY_MS = 86_400_000;

const blockOf = (days: number, change: Partial<UserBlock> = {}): UserBlock => ({
  blockId: `b${days}`,
  userId: "u1",
  fromMs: T,
  untilMs: untilOf(T, days),
  reason: "x",
  by: { kind: "report", name: "r1" },
  ...change,
});

describe("a block", () => {
  it("lasts for days, or without an end", () => {
    expect(untilOf(T, 90)).toBe(T + 90 * DAY_MS);
    expect(untilOf(T, 0)).toBe(NEVER);
    expect(hasRunOut(blockOf(1), T + DAY_MS - 1)).toBe(false);
    expect(hasRunOut(blockOf(1), T + DAY_MS)).toBe(true);
    expect(hasRunOut(blockOf(0), Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it.each([
    ["nothing", undefined, 1, "begins"],
    ["a shorter one", 1, 2, "takes its place"],
    ["one as long", 2, 2, "changes nothing"],
    ["one that is hours shorter", 1.1, 2, "changes nothing"],
    ["a longer one", 3, 2, "changes nothing"],
    ["one without an end", 0, 90, "changes nothing"],
    ["one with an end", 90, 0, "takes its place"],
  ])("by a report, where %s stands", (_what, standing, wanted, outcome) => {
    const change = blockByReport(standing === undefined ? undefined : blockOf(standing), blockOf(wanted));
    const seen = change === undefined ? "changes nothing" : change.end === undefined ? "begins" : "takes its place";
    expect(seen).toBe(outcome);
  });

  it("by a report takes the place of one that has run out, however short it is itself", () => {
    const wanted = blockOf(1, { fromMs: T + DAY_MS, untilMs: T + 2 * DAY_MS });
    expect(blockByReport(blockOf(1), wanted)?.begin).toBe(wanted);
  });

  it("by an operator takes the place of any other", () => {
    const by = { kind: "operator", name: "eve" } as const;
    const wanted = blockOf(1, { by });
    expect(blockByOperator(blockOf(0), wanted)).toMatchObject({ end: { atMs: T, by }, begin: wanted });
  });

  it("that has run out has ended by itself when another one takes its place", () => {
    const later = blockOf(1, { fromMs: T + 2 * DAY_MS, untilMs: T + 3 * DAY_MS });
    expect(blockByReport(blockOf(1), later)?.end).toMatchObject({ atMs: T + DAY_MS, by: { kind: "time" } });
  });
});
