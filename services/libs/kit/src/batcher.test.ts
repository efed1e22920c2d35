import { describe, expect, it } from "vitest";
import { Batcher } from "./batcher.js";
import { Unavailable } from "./unavailable.js";

const turn = () => new Promise(setImmediate);
const LIMITS = { maxItems: 3, maxInFlight: 1, maxWaiting: 5 };

/** Batches that end when the test says so. */
function held(limits = LIMITS) {
  const batches: { items: readonly number[]; end: () => void; fail: (error: Error) => void }[] = [];
  const batcher = new Batcher<number, number>((items) => {
    const { promise, resolve, reject } = Promise.withResolvers<number[]>();
    batches.push({ items, end: () => resolve(items.map((item) => item * 2)), fail: reject });
    return promise;
  }, limits);
  return { batcher, batches };
}

describe("Batcher", () => {
  it("sends together what arrives in one turn, and what arrives meanwhile as the next batch", async () => {
    const { batcher, batches } = held();
    const first = [batcher.add(1), batcher.add(2)];
    await turn();
    const second = [batcher.add(3), batcher.add(4), batcher.add(5), batcher.add(6)];
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([[1, 2]]);
    batches[0]?.end();
    expect(await Promise.all(first)).toEqual([2, 4]);
    await turn();
    expect(batches[1]?.items).toEqual([3, 4, 5]);
    batches[1]?.end();
    await turn();
    await turn();
    batches[2]?.end();
    expect(await Promise.all(second)).toEqual([6, 8, 10, 12]);
  });

  it("has no more batches under way than it may", async () => {
    const { batcher, batches } = held({ maxItems: 1, maxInFlight: 2, maxWaiting: 9 });
    const all = [1, 2, 3].map((item) => batcher.add(item));
    for (let turns = 0; turns < 5; turns++) await turn();
    expect(batches).toHaveLength(2);
    batches[1]?.end();
    expect(await all[1]).toBe(4);
    await turn();
    expect(batches).toHaveLength(3);
    batches[0]?.end();
    batches[2]?.end();
    expect(await Promise.all(all)).toEqual([2, 4, 6]);
  });

  it("fails the items of a failed batch and no others", async () => {
    const { batcher, batches } = held();
    const failed = batcher.add(1);
    await turn();
    const next = batcher.add(2);
    batches[0]?.fail(new Error("broken"));
    await expect(failed).rejects.toThrow("broken");
    await turn();
    batches[1]?.end();
    expect(await next).toBe(4);
  });

  it("fails items for which the batch gave no value, and what throws before it gives a promise", async () => {
    const short = new Batcher<number, number>(() => Promise.resolve([7]), LIMITS);
    const [first, second] = [short.add(1), short.add(2)];
    expect(await first).toBe(7);
    await expect(second).rejects.toThrow("fewer values");
    const throwing = new Batcher<number, number>(() => {
      throw new Error("thrown");
    }, LIMITS);
    await expect(throwing.add(1)).rejects.toThrow("thrown");
  });

  it("refuses what comes when too many wait", async () => {
    const { batcher, batches } = held();
    const waiting = [1, 2, 3, 4, 5].map((item) => batcher.add(item));
    await expect(batcher.add(6)).rejects.toThrow(Unavailable);
    await turn();
    batches[0]?.end();
    await waiting[0];
    await turn();
    batches[1]?.end();
    expect(await Promise.all(waiting)).toHaveLength(5);
  });
});
