import { describe, expect, it } from "vitest";
import { occurredAtOf } from "./accounting-request.js";

const NOW = 1_790_000_000_000;
const DAY = 24 * 3_600_000;

describe("when it happened", () => {
  it.each([
    ["nothing said", { delaySeconds: 0, eventAtMs: undefined }, NOW],
    ["a delay", { delaySeconds: 7, eventAtMs: undefined }, NOW - 7_000],
    ["the clock of the NAS, whatever the delay", { delaySeconds: 7, eventAtMs: NOW - 8_000 }, NOW - 8_000],
    ["a clock that is a little ahead", { delaySeconds: 0, eventAtMs: NOW + 300_000 }, NOW + 300_000],
    ["a clock that is far ahead", { delaySeconds: 7, eventAtMs: NOW + 300_001 }, NOW - 7_000],
    ["a clock that was never set", { delaySeconds: 7, eventAtMs: 1_000 }, NOW - 7_000],
    ["a record that was kept for a week", { delaySeconds: 0, eventAtMs: NOW - 7 * DAY }, NOW - 7 * DAY],
    ["a delay that cannot be", { delaySeconds: 4_294_967_295, eventAtMs: undefined }, NOW],
  ])("%s", (_what, timing, occurredAt) => {
    expect(occurredAtOf(timing, NOW)).toBe(occurredAt);
  });
});
