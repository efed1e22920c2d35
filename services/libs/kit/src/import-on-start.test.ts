import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ImportOnStart } from "./import-on-start.js";
import { Readiness } from "./readiness.js";
import { createLog } from "./telemetry/log.js";
import { Unavailable } from "./unavailable.js";

const log = createLog("test", "silent");

function start(run: (signal: AbortSignal) => Promise<void>, holdLock: () => Promise<void> = () => Promise.resolve()) {
  const readiness = new Readiness();
  const parts = { service: "keeper", what: "things", run, databases: { holdLock }, readiness, log };
  const importer = new ImportOnStart(parts);
  importer.onApplicationBootstrap();
  return { importer, readiness };
}

describe("ImportOnStart", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is ready while another process has the lock, unready while it imports itself, ready afterwards", async () => {
    const lock = Promise.withResolvers<void>();
    const work = Promise.withResolvers<void>();
    const { readiness } = start(
      () => work.promise,
      () => lock.promise,
    );
    expect(readiness.missing()).toEqual([]);
    lock.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(readiness.missing()).toEqual(["things imported"]);
    work.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(readiness.missing()).toEqual([]);
  });

  it("tries again when a store is away, and stays unready meanwhile", async () => {
    let calls = 0;
    const { readiness } = start(() => {
      calls += 1;
      return calls < 3 ? Promise.reject(new Unavailable("no store")) : Promise.resolve();
    });
    await vi.advanceTimersByTimeAsync(0);
    expect([calls, readiness.missing().length]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(500);
    expect([calls, readiness.missing().length]).toEqual([2, 1]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([calls, readiness.missing().length]).toEqual([3, 0]);
  });

  it("gives up on any other trouble and is ready with what was there before", async () => {
    let calls = 0;
    const { readiness } = start(() => {
      calls += 1;
      return Promise.reject(new Error("bug"));
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect([calls, readiness.missing()]).toEqual([1, []]);
  });

  it("leaves at once while it waits for its next try", async () => {
    const { importer } = start(() => Promise.reject(new Unavailable("no store")));
    await vi.advanceTimersByTimeAsync(10);
    await importer.onModuleDestroy();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves after its limit when the step under way does not end", async () => {
    const { importer } = start(() => new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(0);
    const onLeft = vi.fn<() => void>();
    const leaving = importer.onModuleDestroy().finally(onLeft);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(onLeft).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await leaving;
    expect(onLeft).toHaveBeenCalledOnce();
  });
});
