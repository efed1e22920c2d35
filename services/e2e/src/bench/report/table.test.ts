import { describe, expect, it } from "vitest";
import type { Run } from "../measure.js";
import { median, summarise } from "./summary.js";
import { renderReport } from "./table.js";

const counts = {
  accepts: 100,
  rejects: 0,
  lost: 0,
  unexpectedCodes: 0,
  challenges: 100,
  badReplies: 0,
  strayReplies: 0,
  retransmissions: 0,
  socketErrors: 0,
};

function run(subject: string, loginsPerSecond: number, more: Partial<Run> = {}): Run {
  const times = { p50: 10_000 / loginsPerSecond, p90: 2, p99: 3, max: 4 };
  return {
    subject,
    workload: "totp",
    inFlight: 64,
    load: {
      ...counts,
      endedBy: "logins",
      nextUser: 0,
      elapsedSeconds: 1,
      loginsPerSecond,
      loginMs: times,
      passwordRoundMs: times,
      codeRoundMs: times,
      cpuSeconds: 0.001,
      warmup: { ...counts, rejects: 1 },
    },
    cpuMsPerLogin: { server: 0.5 },
    stageMsPerLogin: { decode: 0.02 },
    eventLoopDelayMs: undefined,
    ...more,
  };
}

describe("summarise", () => {
  it("takes the median of each figure and adds up losses, those of the warm-up too", () => {
    const [summary] = summarise([run("embedded", 100), run("embedded", 400), run("embedded", 200)]);
    expect(summary).toMatchObject({
      runs: 3,
      loginsPerSecond: 200,
      slowest: 100,
      fastest: 400,
      p50Ms: 50,
      rejected: 3,
    });
    expect(summary?.loadgenCpuMsPerLogin).toBeCloseTo(0.01);
  });

  it("knows the middle of an even number", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});

describe("renderReport", () => {
  const codec = [{ name: "decode", ours: 2_000_000, theirs: 200_000, ratio: 10 }];

  it("shows each figure beside the peer's, aligned, and whether the targets are reached", () => {
    const summaries = summarise([run("embedded", 5_000), run("FreeRADIUS", 25_000), run("distributed", 1_600)]);
    const text = renderReport({ title: "Title", codec, summaries });
    expect(text.startsWith("Title\n\nCodec")).toBe(true);
    expect(text).toMatch(/embedded +64 +5,000 +5,000 +5,000 +20 % +2\.00 +3\.00 +0\.500 +0 +1 +0\n/);
    expect(text).toMatch(/decode +2,000,000 +200,000 +10\.0 x\n/);
    expect(text).toContain("reached  codec");
    expect(text).toContain("MISSED   embedded");
    expect(text).toContain("reached  distributed, best: 1,600 logins/s");
  });

  it("leaves out what was not measured", () => {
    const text = renderReport({ title: "Title", codec: [], summaries: summarise([run("FreeRADIUS", 1)]) });
    for (const absent of ["Codec", "PAP only", "To be reached", "by kind"]) expect(text).not.toContain(absent);
  });
});
