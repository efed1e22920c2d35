import { setImmediate } from "node:timers/promises";
import { systemClock } from "@portcullis/kit";
import { type RedisServer, startRedis } from "@portcullis/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MemoryPendingStore } from "../memory/memory-pending-store.js";
import { comparable, randomCalls } from "../pending-store-contract/random-calls.js";
import { RedisPendingStore } from "./redis-pending-store.js";

const RUNS = 300;
const MAX_ASKED = 1_000;

let redis: RedisServer;

beforeAll(async () => {
  redis = await startRedis({ appendfsync: "none" });
});

afterAll(async () => {
  await redis.stop();
});

it("gives the same results on Redis as in memory, whatever is called in whatever order", async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(randomCalls, async (calls) => {
      const memory = new MemoryPendingStore(systemClock);
      const prefix = `run${run++}:`;
      const store = await RedisPendingStore.connect({ url: redis.url, prefix, onError: () => undefined });
      try {
        for (const [index, call] of calls.entries()) {
          const expected = comparable(await call.make(memory));
          expect(comparable(await call.make(store)), `call ${index}: ${call.text}`).toEqual(expected);
          await slotsAreShortened(store);
        }
      } finally {
        await store.close();
      }
    }),
    { numRuns: RUNS },
  );
});

/**
 * On Redis, slot and share of a decided exchange end a turn later, together with others. And its clock has to go on: of two
 * claims within one millisecond nobody can tell which was first, so there it may differ from memory.
 */
async function slotsAreShortened(store: RedisPendingStore): Promise<void> {
  await setImmediate();
  const before = await store.timeMs();
  for (let asked = 0; asked < MAX_ASKED && (await store.timeMs()) === before; asked++);
}
