import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLog } from "./log.js";
import { RepeatedWarning } from "./repeated-warning.js";
import { Stages } from "./stages.js";

function lines() {
  const written: Record<string, unknown>[] = [];
  return { written, destination: { write: (line: string) => void written.push(JSON.parse(line)) } };
}

describe("createLog", () => {
  it("writes the event's name, and of an error only what is text", () => {
    const { written, destination } = lines();
    const secret = { parameters: ["hunter2"], query: "hunter2", input: "hunter2" };
    const cause = Object.assign(new Error("refused"), secret, { code: "ECONNREFUSED" });
    const error = Object.assign(new Error("no", { cause }), secret, { code: "X1" });
    createLog("tested", "info", destination).error("store.failed", { loginId: "7", error });
    expect(written[0]).toMatchObject({
      event: "store.failed",
      service: "tested",
      loginId: "7",
      error: { name: "Error", message: "no", code: "X1", causes: [{ message: "refused", code: "ECONNREFUSED" }] },
    });
    expect(JSON.stringify(written)).not.toContain("hunter2");
  });

  it("writes what is no error as text, and nothing below its level", () => {
    const { written, destination } = lines();
    const log = createLog("tested", "warn", destination);
    log.info("quiet");
    log.debug("quiet");
    log.warn("loud", { error: "text" });
    expect(written).toHaveLength(1);
    expect(written[0]).toMatchObject({ event: "loud", error: { message: "text" } });
  });
});

describe("RepeatedWarning", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("speaks at once, then at most every five seconds with the number of times", () => {
    const { written, destination } = lines();
    const warning = new RepeatedWarning(createLog("tested", "info", destination), "store.away");
    for (let second = 0; second < 6; second++) {
      warning.warn({ second });
      vi.advanceTimersByTime(1_000);
    }
    expect(written).toMatchObject([
      { event: "store.away", second: 0 },
      { event: "store.away", second: 5, more: 4 },
    ]);
  });
});

describe("Stages", () => {
  it("counts each stage in seconds", async () => {
    const registry = new Registry();
    const stages = new Stages(registry);
    stages.observe("decode", performance.now() - 20);
    stages.observe("decode", performance.now());
    stages.observe("reply", performance.now());
    const text = await registry.metrics();
    expect(text).toContain('portcullis_stage_seconds_count{stage="decode"} 2');
    expect(text).toContain('portcullis_stage_seconds_bucket{le="0.01",stage="decode"} 1');
    expect(text).toContain('portcullis_stage_seconds_count{stage="reply"} 1');
  });
});
