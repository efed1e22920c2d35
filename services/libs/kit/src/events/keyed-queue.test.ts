import { describe, expect, it } from "vitest";
import { KeyedQueue } from "./keyed-queue.js";

const turn = () => new Promise(setImmediate);

describe("KeyedQueue", () => {
  it("runs tasks of a key in turn, of other keys at once, up to the limit", async () => {
    const queue = new KeyedQueue(2);
    const started: string[] = [];
    const gates = new Map<string, () => void>();
    const add = (name: string): void =>
      queue.add(name.charAt(0), () => {
        started.push(name);
        return new Promise((resolve) => gates.set(name, resolve));
      });
    const finish = async (name: string): Promise<void> => {
      gates.get(name)?.();
      await turn();
    };
    for (const name of ["a1", "a2", "b1", "c1", "a3", "d1"]) add(name);
    expect(started).toEqual(["a1", "b1"]);
    expect(queue.size).toBe(6);
    await finish("b1");
    expect(started).toEqual(["a1", "b1", "c1"]);
    await finish("a1");
    // a2 came before d1, yet could not run before a1 had ended: it stands behind d1 now.
    expect(started).toEqual(["a1", "b1", "c1", "d1"]);
    await finish("c1");
    await finish("d1");
    await finish("a2");
    expect(started.slice(4)).toEqual(["a2", "a3"]);
    add("a4");
    await finish("a3");
    expect(started.at(-1)).toBe("a4");
    await finish("a4");
    expect(queue.size).toBe(0);
  });

  it("goes on after a task that rejects or throws", async () => {
    const queue = new KeyedQueue(1);
    const ran: number[] = [];
    queue.add("k", () => Promise.reject(new Error("rejected")));
    queue.add("k", () => {
      throw new Error("thrown");
    });
    queue.add("k", () => Promise.resolve(void ran.push(3)));
    expect(await queue.room(1, 1_000)).toBe(true);
    expect(ran).toEqual([3]);
  });

  it("says whether there is room, at once, later, or not in time", async () => {
    const queue = new KeyedQueue(1);
    expect(await queue.room(1, 0)).toBe(true);
    const gate = Promise.withResolvers<void>();
    queue.add("k", () => gate.promise);
    expect(await queue.room(2, 0)).toBe(true);
    expect(await queue.room(1, 10)).toBe(false);
    const later = queue.room(1, 10_000);
    gate.resolve();
    expect(await later).toBe(true);
  });

  it("takes a hundred thousand tasks of one key without moving them about", async () => {
    const queue = new KeyedQueue(4);
    let ran = 0;
    const startedAt = performance.now();
    for (let task = 0; task < 100_000; task++) queue.add("hot", () => Promise.resolve(void ran++));
    await queue.room(1, 10_000);
    expect(ran).toBe(100_000);
    expect(performance.now() - startedAt).toBeLessThan(6_000);
  });
});
