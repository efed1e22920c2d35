import { describe, expect, it } from "vitest";
import { afterRecord, type Session, type SessionRecord } from "./session.js";

const T = 1_790_000_000_000;
const start: SessionRecord = {
  recordId: "start-1",
  client: "vpn",
  status: "start",
  nas: "asa",
  sessionId: "00A1",
  userName: "alice",
  station: "203.0.113.9",
  calledStation: "",
  framedAddress: "10.0.0.9",
  class: "",
  inputOctets: 0n,
  outputOctets: 0n,
  seconds: 0,
  terminateCause: 0,
  occurredAtMs: T,
  sourceAddress: "192.0.2.1",
};
const interim: SessionRecord = {
  ...start,
  recordId: "interim-1",
  status: "interim",
  inputOctets: 5_000_000_000n,
  outputOctets: 70n,
  seconds: 60,
  occurredAtMs: T + 60_000,
};
const stop: SessionRecord = {
  ...interim,
  recordId: "stop-1",
  status: "stop",
  inputOctets: 6_000_000_000n,
  seconds: 90,
  terminateCause: 1,
  occurredAtMs: T + 90_000,
};

const after = (...records: readonly SessionRecord[]): Session | undefined =>
  records.reduce<Session | undefined>(afterRecord, undefined);

describe("a session", () => {
  it("begins, goes on and ends", () => {
    expect(after(start)).toMatchObject({ run: 1, startedAtMs: T, endedAtMs: undefined, endedBy: "" });
    expect(after(start, interim)).toMatchObject({ inputOctets: 5_000_000_000n, heardAtMs: T + 60_000 });
    const ended = after(start, interim, stop);
    expect(ended).toMatchObject({ endedAtMs: T + 90_000, endedBy: "user-request", inputOctets: 6_000_000_000n });
    expect(ended).toMatchObject({ userName: "alice", framedAddress: "10.0.0.9", seconds: 90, outputOctets: 70n });
  });

  it("is the same in whatever order its records come, and however often", () => {
    const whole = after(start, interim, stop);
    expect(after(stop, interim, start)).toEqual(whole);
    expect(after(interim, start, stop, start, interim, stop)).toEqual(whole);
    expect(after(start, stop, interim)).toEqual(whole);
  });

  it("keeps its end when the same Stop comes with a later time", () => {
    expect(after(start, stop, { ...stop, occurredAtMs: T + 91_000 })?.endedAtMs).toBe(T + 90_000);
  });

  it("began before its first record when that tells for how long", () => {
    expect(after(interim)).toMatchObject({ startedAtMs: T, endedAtMs: undefined });
  });

  it("has another run when the NAS uses its id again", () => {
    const again = { ...start, recordId: "start-2", userName: "bob", occurredAtMs: T + 90_001 };
    expect(after(start, stop, again)).toMatchObject({ run: 2, userName: "bob", endedAtMs: undefined, inputOctets: 0n });
    const reboot = { ...start, occurredAtMs: T + 90_000 + 60_001 };
    expect(after(start, stop, reboot)).toMatchObject({ run: 2 });
  });

  it("leaves its second run alone when records of the first come again", () => {
    const again = { ...start, recordId: "start-2", occurredAtMs: T + 200_000 };
    const whole = after(start, stop, again);
    expect(after(start, stop, again, start, interim, stop, again)).toEqual(whole);
  });

  it("has no other run by a late copy of its Start", () => {
    expect(after(start, stop, { ...start, occurredAtMs: T + 91_000 })).toMatchObject({ run: 1, endedAtMs: T + 90_000 });
  });

  it.each([
    [0, "unknown"],
    [6, "admin-reset"],
    [22, "port-disabled"],
    [4_000_000_000, "cause-4000000000"],
  ])("says cause %i as %s", (terminateCause, word) => {
    expect(after({ ...stop, terminateCause })?.endedBy).toBe(word);
  });
});

describe("a session that ended because its NAS did", () => {
  const open = after(start, interim) as Session;
  const ended: Session = { ...open, endedAtMs: open.heardAtMs, endedBy: "nas-on" };

  it("ends as its own Stop says, however late that comes", () => {
    const late = { ...stop, occurredAtMs: T + 500_000 };
    expect(afterRecord(ended, late)).toMatchObject({ run: 1, endedAtMs: T + 500_000, endedBy: "user-request" });
  });

  it("goes on when it says so after that, and not before", () => {
    const later = { ...interim, occurredAtMs: T + 500_000 };
    expect(afterRecord(ended, later)).toMatchObject({ run: 1, endedAtMs: undefined, endedBy: "" });
    expect(afterRecord(ended, interim)).toEqual(ended);
  });

  it("has another run with another Start", () => {
    const again = { ...start, recordId: "start-2", occurredAtMs: T + 500_000 };
    expect(afterRecord(ended, again)).toMatchObject({ run: 2, endedAtMs: undefined });
  });
});
