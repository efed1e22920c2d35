import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ImportOnStart, type ImportOutcome, type ImportParts } from "./import-on-start.js";
import { Readiness } from "./readiness.js";
import { createLog } from "./telemetry/log.js";
import { Unavailable } from "./unavailable.js";

const log = createLog("test", "silent");

const UNCHANGED: ImportOutcome = { outcome: "unchanged" };

function start(run: ImportParts["run"], more: Partial<Pick<ImportParts, "databases" | "changed">> = {}) {
  const readiness = new Readiness();
  const databases = { holdLock: () => Promise.resolve() };
  const parts = { service: "keeper", what: "things", run, databases, readiness, log, ...more };
  const importer = new ImportOnStart(parts);
  importer.onApplicationBootstrap();
  return { importer, readiness };
}

describe("ImportOnStart", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is ready while another process has the lock, unready while it imports itself, ready afterwards", async () => {
    const lock = Promise.withResolvers<void>();
    const work = Promise.withResolvers<ImportOutcome>();
    const { readiness } = start(() => work.promise, { databases: { holdLock: () => lock.promise } });
    expect(readiness.missing()).toEqual([]);
    lock.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(readiness.missing()).toEqual(["things imported"]);
    work.resolve(UNCHANGED);
    await vi.advanceTimersByTimeAsync(0);
    expect(readiness.missing()).toEqual([]);
  });

  it("tries again when a store is away, and stays unready meanwhile", async () => {
    let calls = 0;
    const { readiness } = start(() => {
      calls += 1;
      return calls < 3 ? Promise.reject(new Unavailable("no store")) : Promise.resolve(UNCHANGED);
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

  describe("once it has imported", () => {
    it("imports again when the source has changed, and serves meanwhile", async () => {
      let source = 1;
      const imported: number[] = [];
      const work = [Promise.resolve(UNCHANGED), Promise.withResolvers<ImportOutcome>().promise];
      const run = () => {
        imported.push(source);
        return work[imported.length - 1] ?? Promise.resolve(UNCHANGED);
      };
      const { readiness } = start(run, { changed: () => Promise.resolve(source !== imported.at(-1)) });
      await vi.advanceTimersByTimeAsync(30_000);
      expect(imported).toEqual([1]);
      source = 2;
      await vi.advanceTimersByTimeAsync(3_000);
      expect([imported, readiness.missing()]).toEqual([[1, 2], []]);
    });

    it("goes on looking when it cannot look, and when an import failed", async () => {
      let looks = 0;
      let runs = 0;
      start(() => (++runs === 2 ? Promise.reject(new Error("bug")) : Promise.resolve(UNCHANGED)), {
        changed: () => (++looks === 1 ? Promise.reject(new Error("bug")) : Promise.resolve(true)),
      });
      await vi.advanceTimersByTimeAsync(9_000);
      expect([looks, runs]).toEqual([3, 3]);
    });

    it("imports at once for who asks, one import for all who ask together, and reports what came of it", async () => {
      const outcomes: ImportOutcome[] = [UNCHANGED, { outcome: "refused", errors: "line 1" }];
      const run = vi.fn<ImportParts["run"]>(async () => outcomes.shift() ?? { outcome: "imported", changes: { a: 1 } });
      const { importer } = start(run);
      await vi.advanceTimersByTimeAsync(0);
      const reports = await Promise.all([importer.again(), importer.again()]);
      const what = { service: "keeper", what: "things" };
      expect(reports).toEqual(Array.from({ length: 2 }, () => ({ ...what, outcome: "refused", errors: "line 1" })));
      expect(run).toHaveBeenCalledTimes(2);
      expect(await importer.again()).toEqual({ ...what, outcome: "imported", changes: { a: 1 } });
    });

    it("sends who asks elsewhere without the lock, and away when it leaves", async () => {
      const lock = Promise.withResolvers<void>();
      const { importer } = start(() => Promise.resolve(UNCHANGED), { databases: { holdLock: () => lock.promise } });
      expect(await importer.again()).toMatchObject({ outcome: "elsewhere" });
      lock.resolve();
      await vi.advanceTimersByTimeAsync(0);
      expect(await importer.again()).toMatchObject({ outcome: "unchanged" });
      await importer.onModuleDestroy();
      expect(await importer.again()).toMatchObject({ outcome: "failed" });
    });
  });
});
