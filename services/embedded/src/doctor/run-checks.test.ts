import { describe, expect, it } from "vitest";
import type { Check, DoctorContext, Level } from "./check.js";
import { runChecks, worstOf } from "./run-checks.js";

const context = {} as DoctorContext;

const found = (level: Level): Check => ({ name: level, run: async () => [{ level, what: `It is ${level}.` }] });

describe("runChecks", () => {
  it("keeps the order of the checks, whichever ends first", async () => {
    const slow: Check = {
      name: "slow",
      run: () => new Promise((resolve) => setTimeout(() => resolve([{ level: "ok", what: "Late." }]), 50)),
    };
    const reports = await runChecks([slow, found("hint")], context);
    expect(reports.map(({ check }) => check)).toEqual(["slow", "hint"]);
  });

  it("gives up a check that takes too long, and the others go on", async () => {
    const deaf: Check = { name: "deaf", limitMs: 20, run: () => new Promise(() => undefined) };
    const reports = await runChecks([deaf, found("ok")], context);
    expect(reports[0]?.findings).toMatchObject([{ level: "error", what: expect.stringContaining("0.02 seconds") }]);
    expect(reports[1]?.findings).toMatchObject([{ level: "ok" }]);
  });

  it("reports a check that throws, without the words of the error", async () => {
    const broken: Check = { name: "broken", run: () => Promise.reject(new TypeError("redis://user:hunter2@host")) };
    const reports = await runChecks([broken], context);
    expect(reports[0]?.findings).toMatchObject([{ level: "error", what: expect.stringContaining("TypeError") }]);
    expect(JSON.stringify(reports)).not.toContain("hunter2");
  });

  it("knows the worst level", async () => {
    expect(worstOf(await runChecks([found("ok"), found("warning"), found("hint")], context))).toBe("warning");
    expect(worstOf([])).toBe("ok");
  });
});
