import { systemClock } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { type RedisServer, sleepMs, startRedis } from "@portcullis/testkit";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { redisStores } from "./adapters/redis/redis-stores.js";
import type { ChallengeId } from "./domain/inbox.js";
import { describeInboxStore } from "./inbox-store.contract.js";
import { describeReplayGuard } from "./replay-guard.contract.js";

/** Timers of this process and of Redis may differ by a little. */
const SLACK_MS = 20;

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis({ appendfsync: "none" });
});
afterAll(() => redis.stop());

function open(prefix: string) {
  return redisStores({ url: redis.url, prefix, clock: systemClock, log: { warn: () => undefined } });
}
async function opened(prefix: string) {
  const [one, other] = [open(prefix), open(prefix)];
  await sleepMs(200); // Until both are connected: they queue nothing.
  return {
    one,
    other,
    pass: (durationMs: number) => sleepMs(durationMs + SLACK_MS),
    close: async () => void (await Promise.all([one.close(), other.close()])),
  };
}

describeInboxStore("Redis", async () => {
  const { one, other, pass, close } = await opened("inboxes:");
  return { store: one.inboxStore, other: other.inboxStore, pass, nowMs: systemClock.nowMs, close };
});

describeReplayGuard("Redis", async () => {
  const { one, other, pass, close } = await opened("replays:");
  return { guard: one.replayGuard, other: other.replayGuard, pass, close };
});

it("gives every key a time to live, and says when changes may have been missed", async () => {
  const { one, close } = await opened("ends:");
  const told: (UserId | undefined)[] = [];
  one.inboxStore.listen((user) => told.push(user));
  const item = { challengeId: "a" as ChallengeId, rank: 1, value: new Uint8Array([1]) };
  await one.inboxStore.put("u1" as UserId, { ...item, expiresAtMs: Date.now() + 60_000 });
  await one.inboxStore.put("u1" as UserId, { ...item, rank: 2, expiresAtMs: Date.now() + 5_000 });
  await one.replayGuard.isFirst("d1:n1", 60_000);
  const operator = new Redis(redis.url);
  const keys = await operator.keys("ends:*");
  expect(keys.toSorted()).toEqual(["ends:mobile:inbox:{u1}", "ends:mobile:proof:d1:n1"]);
  for (const key of keys) expect(await operator.pttl(key), key).toBeGreaterThan(50_000);
  await sleepMs(300);
  told.splice(0);
  await operator.call("CLIENT", "KILL", "TYPE", "pubsub");
  await sleepMs(1_000);
  expect(told).toEqual([undefined]);
  operator.disconnect();
  await close();
});
