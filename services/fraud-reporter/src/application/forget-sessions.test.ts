import { createLog } from "@portcullis/kit";
import { expect, it } from "vitest";
import { ForgetSessions } from "./forget-sessions.js";

const NOW = 1_790_000_000_000;
const NINETY_DAYS_MS = 90 * 24 * 3_600_000;
const clock = { nowMs: () => NOW };
const log = createLog("test", "silent");

it("deletes what was last heard of 90 days ago, turn by turn, until a turn is not full", async () => {
  const left = [5_000, 5_000, 17];
  const asked: number[] = [];
  const forget = async (heardBeforeMs: number) => {
    asked.push(heardBeforeMs);
    return left.shift() ?? 0;
  };
  await new ForgetSessions({ forget }, clock, log).execute();
  expect(asked).toEqual([0, 1, 2].map(() => NOW - NINETY_DAYS_MS));
});

it("ends after so many turns, however much there is, and when the process leaves", async () => {
  let turns = 0;
  const sessions = new ForgetSessions({ forget: async () => ++turns && 5_000 }, clock, log);
  await sessions.execute();
  expect(turns).toBe(100);
  sessions.onModuleDestroy();
  await sessions.execute();
  expect(turns).toBe(100);
});

it("waits for its next hour when the database is away", async () => {
  const forget = () => Promise.reject(new Error("no database"));
  await expect(new ForgetSessions({ forget }, clock, log).execute()).resolves.toBeUndefined();
});
