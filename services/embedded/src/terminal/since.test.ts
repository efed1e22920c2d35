import { expect, it } from "vitest";
import { sinceMsOf } from "./since.js";

const NOW = Date.parse("2026-11-25T12:00:00Z");

it.each([
  ["7d", "2026-11-18T12:00:00Z"],
  ["12h", "2026-11-25T00:00:00Z"],
  ["30m", "2026-11-25T11:30:00Z"],
  ["2026-11-25", "2026-11-25T00:00:00Z"],
  ["2026-11-25T08:00Z", "2026-11-25T08:00:00Z"],
  ["2026-11-25T08:00+01:00", "2026-11-25T07:00:00Z"],
])("takes %s", (text, time) => {
  expect(sinceMsOf(text, NOW)).toBe(Date.parse(time));
});

it.each(["", "yesterday", "7", "7w", "2026-11-25T08:00", "2026-13-01", "-1d"])("refuses '%s'", (text) => {
  expect(() => sinceMsOf(text, NOW)).toThrow("--since takes");
});
