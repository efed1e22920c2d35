import { expect, it } from "vitest";
import { mailOfReport, mailOfUnblock } from "./fraud-mail.js";
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
const end = { atMs: untilMs, by: { kind: "time" }, reason: "was she herself" } as const;
const parts = { mailId: "m1", rules, nowMs: 5 };

it("has all that the list needs to know, the client where the application has no name", () => {
  expect(mailOfReport(report, block, parts)).toEqual({
    mailId: "m1",
    kind: "fraud-reported",
    recipients: ["a@corp.example", "b@corp.example"],
    language: "fr",
    fields: {
      userName: "alice",
      application: "vpn",
      client: "vpn",
      station: "pc-1",
      sourceAddress: "192.0.2.1",
      time: "2026-11-25 08:00:01 UTC",
      channel: "call",
      blockedUntil: "2027-02-23 08:00:00 UTC",
      reason: "",
    },
    requestedAtMs: 5,
  });
});

it("says when the user is not blocked, and when without an end", () => {
  expect(mailOfReport(report, undefined, parts)?.fields["blockedUntil"]).toBe("");
  expect(mailOfReport(report, { ...block, untilMs: NEVER }, parts)?.fields["blockedUntil"]).toBe("\u221e");
});

it("says who is blocked no more, and why", () => {
  expect(mailOfUnblock("alice", end, parts)).toEqual({
    mailId: "m1",
    kind: "user-unblocked",
    recipients: ["a@corp.example", "b@corp.example"],
    language: "fr",
    fields: { userName: "alice", time: "2027-02-23 08:00:00 UTC", reason: "was she herself" },
    requestedAtMs: 5,
  });
});

it("is none where nobody is to get one", () => {
  const nobody = { ...parts, rules: DEFAULT_RULES };
  expect(mailOfReport(report, block, nobody)).toBeUndefined();
  expect(mailOfUnblock("alice", end, nobody)).toBeUndefined();
});
