import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Probe } from "./probe.js";
import { Readiness } from "./readiness.js";

describe("Probe", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("follows a store that goes and comes back", async () => {
    const readiness = new Readiness();
    let isThere = true;
    const probe = new Probe(
      "store",
      () => (isThere ? Promise.resolve() : Promise.reject(new Error("away"))),
      readiness,
    );
    expect(readiness.missing()).toEqual(["store"]);
    await probe.start();
    expect(readiness.missing()).toEqual([]);
    isThere = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(readiness.missing()).toEqual(["store"]);
    isThere = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(readiness.missing()).toEqual([]);
    probe.stop();
    isThere = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(readiness.missing()).toEqual([]);
  });

  it("takes silence and a throw for absence", async () => {
    const readiness = new Readiness();
    let ask: () => Promise<void> = () => Promise.resolve();
    const probe = new Probe("store", () => ask(), readiness);
    await probe.start();
    ask = () => new Promise(() => undefined);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(readiness.missing()).toEqual(["store"]);
    ask = () => {
      throw new Error("away");
    };
    await vi.advanceTimersByTimeAsync(2_000);
    expect(readiness.missing()).toEqual(["store"]);
    ask = () => Promise.resolve();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(readiness.missing()).toEqual([]);
    probe.stop();
  });
});

describe("Readiness", () => {
  it("counts every part, also those of one name", () => {
    const readiness = new Readiness();
    expect(readiness.missing()).toEqual([]);
    readiness.add("store", () => false);
    readiness.add("store", () => true);
    readiness.add("bus", () => true);
    expect(readiness.missing()).toEqual(["store"]);
  });
});
