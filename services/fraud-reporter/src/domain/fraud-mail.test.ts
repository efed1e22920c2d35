import { expect, it } from "vitest";
import { mailOfReport } from "./fraud-mail.js";
import { DEFAULT_RULES, type FraudReport } from "./fraud-report.js";
import { NEVER, type UserBlock } from "./user-block.js";

const report: FraudReport = {
  reportId: "r1",
  userId: "u1",
  userName: "alice",
  loginId: "l1",
  client: "vpn",
  application: "",
  station: "pc-1",
  sourceAddress: "192.0.2.1",
  channel: "call",
  reportedAtMs: Date.parse("2026-11-25T08:00:01.5Z"),
  operator: "",
  note: "",
};
const rules = { ...DEFAULT_RULES, mail: ["a@corp.example", "b@corp.example"], language: "fr" };
const untilMs = Date.parse("2027-02-23T08:00:00Z");
const block: UserBlock = { blockId: "r1", userId: "u1", fromMs: 0, untilMs, reason: "", by: { kind: "time" } };
const mailOf = (change: object) => mailOfReport({ mailId: "m1", report, block, rules, nowMs: 5, ...change });

it("has all that the list needs to know, the client where the application has no name", () => {
  expect(mailOf({})).toEqual({
    mailId: "m1",
    recipients: ["a@corp.example", "b@corp.example"],
    language: "fr",
    fields: {
      user: "alice",
      application: "vpn",
      station: "pc-1",
      address: "192.0.2.1",
      time: "2026-11-25 08:00:01 UTC",
      channel: "call",
      blockedUntil: "2027-02-23 08:00:00 UTC",
      note: "",
    },
    requestedAtMs: 5,
  });
});

it("says when the user is not blocked, and when without an end", () => {
  expect(mailOf({ block: undefined })?.fields["blockedUntil"]).toBe("");
  expect(mailOf({ block: { ...block, untilMs: NEVER } })?.fields["blockedUntil"]).toContain("until somebody");
});

it("is none where nobody is to get one", () => {
  expect(mailOf({ rules: DEFAULT_RULES })).toBeUndefined();
});
