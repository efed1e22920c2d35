import { createLog, Unavailable } from "@portcullis/kit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SWEEP_LIMIT } from "../../application/sweep-overdue.js";
import { OverdueLoop } from "./overdue-loop.js";

/** Turns at certain times, each with the number of entries that it finds, or an error. */
function start(found: readonly (number | Error)[]) {
  const startedAt = Date.now();
  const turnsAtMs: number[] = [];
  const loop = new OverdueLoop(
    async () => {
      const result = found[turnsAtMs.length] ?? 0;
      turnsAtMs.push(Date.now() - startedAt);
      if (result instanceof Error) throw result;
      return result;
    },
    createLog("test", "silent"),
  );
  loop.onApplicationBootstrap();
  return { loop, turnsAtMs };
}

describe("OverdueLoop", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
  afterEach(() => void vi.useRealTimers());

  it("looks four times a second, and at once when there is more", async () => {
    const { loop, turnsAtMs } = start([0, SWEEP_LIMIT, 3]);
    await vi.advanceTimersByTimeAsync(700);
    expect(turnsAtMs.slice(0, 2)).toEqual([0, 250]);
    expect(turnsAtMs[2]).toBeLessThan(255);
    expect(turnsAtMs[3]).toBeLessThan(510);
    await loop.onModuleDestroy();
  });

  it("looks more rarely while a store is away or a turn fails, and ends when the process leaves", async () => {
    const away = new Unavailable("away");
    const { loop, turnsAtMs } = start([away, away, new Error("bug"), away, away, away, 0]);
    await vi.advanceTimersByTimeAsync(22_000);
    expect(turnsAtMs.slice(0, 8)).toEqual([0, 500, 1_500, 3_500, 7_500, 12_500, 17_500, 17_750]);
    await loop.onModuleDestroy();
    const turns = turnsAtMs.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(turnsAtMs).toHaveLength(turns);
  });
});
