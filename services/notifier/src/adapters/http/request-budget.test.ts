import { expect, it } from "vitest";
import { RequestBudget } from "./request-budget.js";

it("lets an address have a burst, then so many a second, whatever others do", () => {
  let nowMs = 0;
  const budget = new RequestBudget({ nowMs: () => nowMs });
  const taken = (address: string, wanted: number) =>
    Array.from({ length: wanted }, () => budget.take(address)).filter(Boolean).length;
  expect(taken("a", 1_500)).toBe(1_000);
  expect(taken("b", 1_500)).toBe(1_000);
  nowMs = 1_000;
  expect(taken("a", 1_500)).toBe(200);
  nowMs = 3_600_000;
  expect(taken("a", 1_500)).toBe(1_000);
});

it("remembers so many addresses, and those that asked last", () => {
  const budget = new RequestBudget({ nowMs: () => 0 });
  for (let use = 0; use < 1_000; use++) budget.take("busy");
  for (let other = 0; other < 999; other++) budget.take(`other ${other}`);
  expect(budget.take("busy")).toBe(false);
  budget.take("one more");
  expect(budget.take("other 0")).toBe(true); // Forgotten, so it begins anew.
  expect(budget.take("busy")).toBe(false);
});
