import { eventually, type RedisServer, sleepMs, startRedis } from "@portcullis/testkit";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Wake } from "../exchange-store.js";
import { StoreUnavailable } from "../pending-store.js";
import {
  A,
  answerOf,
  bytes,
  claimOf,
  exchange,
  LONG_MS,
  login,
  openingOf,
  rightOf,
} from "../pending-store-contract/samples.js";
import { RedisPendingStore } from "./redis-pending-store.js";

const PROMISED_MS = 2_000;
const BACK_WITHIN_MS = 1_000;

let redis: RedisServer;
let store: RedisPendingStore;
let errors: Error[];
let warnings: string[];

beforeEach(async () => {
  redis = await startRedis({ appendfsync: "always" });
  errors = [];
  warnings = [];
  store = await connect();
});

afterEach(async () => {
  await store.close();
  await redis.stop();
});

function connect(): Promise<RedisPendingStore> {
  return RedisPendingStore.connect({
    url: redis.url,
    onError: (error) => errors.push(error),
    onWarning: (message) => warnings.push(message),
  });
}

/** Every call of the store, each of which must fail while Redis is away. */
function everyCall(): Promise<unknown>[] {
  const reply = bytes("reply");
  return [
    store.claim(claimOf("x9", { startsLogin: true })),
    store.decideExchange({ ...exchange("x9"), reply, keepMs: LONG_MS }),
    store.inspectExchange(exchange("x9")),
    store.replies([exchange("x9")]),
    store.wake([A], { exchangeId: exchange("x9").exchangeId, reply }),
    store.open(openingOf("l9")),
    store.reserve(answerOf("l9", "a9")),
    store.settle(rightOf("l9", "a9")),
    store.release(answerOf("l9", "a9")),
    store.expire({ ...login("l9"), keepMs: LONG_MS }),
    store.due(10, LONG_MS),
    store.removeDue([{ kind: "login", ...login("l9") }]),
    store.timeMs(),
  ];
}

async function expectAway(): Promise<void> {
  const startedAt = performance.now();
  const results = await Promise.allSettled(everyCall());
  expect(performance.now() - startedAt).toBeLessThan(PROMISED_MS);
  for (const result of results)
    expect(result).toMatchObject({ status: "rejected", reason: expect.any(StoreUnavailable) });
}

function backWithin(limitMs: number): Promise<unknown> {
  return eventually(() => store.timeMs(), { what: "the store works again", timeoutMs: limitMs });
}

describe("RedisPendingStore, when Redis is away", () => {
  it("rejects while Redis is killed, works again after its restart, and keeps what was acknowledged", async () => {
    await store.claim(claimOf("x1"));
    await store.open(openingOf("l1"));
    await store.reserve(answerOf("l1", "a1"));
    await redis.kill();
    await expectAway();
    await sleepMs(PROMISED_MS);
    await expectAway();
    await redis.restart();
    await backWithin(BACK_WITHIN_MS);
    expect(await store.claim(claimOf("x1"))).toMatchObject({ kind: "joined" });
    expect(await store.settle(rightOf("l1", "a1"))).toMatchObject({ kind: "settled" });
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.length).toBeLessThan(100);
  });

  it("rejects while Redis hangs, for calls one after the other too, and works again after it goes on", async () => {
    redis.process.signal("SIGSTOP");
    try {
      const first = expectAway();
      await sleepMs(PROMISED_MS / 2);
      await Promise.all([first, expectAway()]);
      await expectAway();
    } finally {
      redis.process.signal("SIGCONT");
    }
    await expect(backWithin(BACK_WITHIN_MS)).resolves.toBeTypeOf("number");
  });

  it("starts without Redis and works when it comes", async () => {
    await redis.kill();
    const early = await connect();
    await expect(early.timeMs()).rejects.toThrow(StoreUnavailable);
    await redis.restart();
    await eventually(() => early.timeMs(), { what: "the store works", timeoutMs: BACK_WITHIN_MS });
    await early.close();
  });

  it("goes on listening after a restart", async () => {
    const woken: Wake[] = [];
    const leaving = new AbortController();
    const listening = store.listen(A, (wakes) => woken.push(...wakes), leaving.signal);
    await redis.kill();
    await sleepMs(300);
    await redis.restart();
    await backWithin(BACK_WITHIN_MS);
    await store.wake([A], { exchangeId: exchange("x1").exchangeId, reply: bytes("reply") });
    await eventually(() => woken.length > 0, { what: "the wake-up arrives" });
    leaving.abort();
    await listening;
    expect(woken).toHaveLength(1);
  });

  it("rejects on a replica and works again on a master", async () => {
    const operator = new Redis(redis.url);
    await operator.replicaof("127.0.0.1", 1);
    await expect(store.claim(claimOf("x1"))).rejects.toThrow(/READONLY/);
    await operator.replicaof("NO", "ONE");
    await backWithin(BACK_WITHIN_MS);
    expect(await store.claim(claimOf("x1"))).toMatchObject({ kind: "new" });
    operator.disconnect();
  });

  it("tells no arguments of a command that Redis refuses", async () => {
    const operator = new Redis(redis.url);
    await operator.config("SET", "maxmemory", "1");
    const error = await store.claim(claimOf("x1", { context: bytes("a context") })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(String(error)).toMatch(/OOM/);
    expect(Object.values(error as object).join()).not.toContain("context");
    expect((error as Error).cause).toBeUndefined();
    operator.disconnect();
  });
});

describe("RedisPendingStore, with Redis", () => {
  it("sends its scripts again when Redis has forgotten them", async () => {
    const operator = new Redis(redis.url);
    await store.claim(claimOf("x1"));
    await operator.script("FLUSH");
    expect(await Promise.all([store.claim(claimOf("x1")), store.claim(claimOf("x2"))])).toMatchObject([
      { kind: "joined" },
      { kind: "new" },
    ]);
    operator.disconnect();
  });

  it("warns of an eviction policy that loses logins, and takes it when it must not ask", async () => {
    expect(warnings).toEqual([]);
    const operator = new Redis(redis.url);
    await operator.config("SET", "maxmemory-policy", "allkeys-lru");
    const warned = await connect();
    await eventually(() => warnings.length === 1, { what: "a warning" });
    expect(warnings[0]).toContain("allkeys-lru");
    await warned.close();
    await operator.call("ACL", "SETUSER", "default", "-config");
    const unasked = await connect();
    await unasked.timeMs();
    expect(warnings).toHaveLength(1);
    await unasked.close();
    operator.disconnect();
  });
});
