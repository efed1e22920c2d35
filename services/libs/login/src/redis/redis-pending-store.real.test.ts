import { type RedisServer, sleepMs, startRedis } from "@portcullis/testkit";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayId } from "../ids.js";
import { describePendingStore } from "../pending-store.contract.js";
import {
  A,
  answerOf,
  bytes,
  claimOf,
  exchange,
  LONG_MS,
  openingOf,
  rightOf,
  wrongOf,
} from "../pending-store-contract/samples.js";
import { RedisPendingStore } from "./redis-pending-store.js";

/** Timers of this process and of Redis may differ by a little. */
const SLACK_MS = 20;

let redis: RedisServer;
let stores = 0;

beforeAll(async () => {
  redis = await startRedis({ appendfsync: "none" });
});

afterAll(async () => {
  await redis.stop();
});

function connect(prefix: string): Promise<RedisPendingStore> {
  return RedisPendingStore.connect({ url: redis.url, prefix, onError: () => undefined });
}

describePendingStore("redis", async () => {
  const store = await connect(`test${stores++}:`);
  return { store, pass: (durationMs) => sleepMs(durationMs + SLACK_MS), close: () => store.close() };
});

describe("RedisPendingStore, two processes", () => {
  it("makes one new exchange of the same packet at two gateways", async () => {
    const [one, other] = await Promise.all([connect("race:"), connect("race:")]);
    for (let round = 0; round < 200; round++) {
      const packet = { slot: `slot ${round % 5}`, startsLogin: true, maxExchanges: 1_000 };
      const claims = await Promise.all([
        one.claim(claimOf(`x${round}`, { ...packet, gatewayId: "one" as GatewayId })),
        other.claim(claimOf(`x${round}`, { ...packet, gatewayId: "other" as GatewayId })),
      ]);
      expect(claims.map(({ kind }) => kind).toSorted()).toEqual(["joined", "new"]);
      const reply = new Uint8Array([round]);
      const decided = await one.decideExchange({ ...exchange(`x${round}`), reply, keepMs: LONG_MS });
      expect(decided.kind === "decided" && decided.gateways.toSorted()).toEqual(["one", "other"]);
    }
    await Promise.all([one.close(), other.close()]);
  });

  it("lets two packets race for one slot, and one of them lose it", async () => {
    const [one, other] = await Promise.all([connect("slot:"), connect("slot:")]);
    for (let round = 0; round < 100; round++) {
      const packets = [`a${round}`, `b${round}`].map((id) =>
        claimOf(id, { slot: `slot ${round}`, maxExchanges: 1_000 }),
      );
      const [first, second] = packets as [(typeof packets)[0], (typeof packets)[0]];
      await Promise.all([one.claim(first), other.claim(second)]);
      const again = await Promise.all([other.claim(first), one.claim(second)]);
      expect(again.map(({ kind }) => kind).toSorted()).toEqual(["abandoned", "joined"]);
    }
    await Promise.all([one.close(), other.close()]);
  });
});

it("gives every key a time to live", async () => {
  const store = await connect("ends:");
  await store.claim(claimOf("x1", { startsLogin: true }));
  await store.claim(claimOf("x2", { slot: "slot of x1", startsLogin: true }));
  await store.decideExchange({ ...exchange("x2"), reply: bytes("r"), outcome: bytes("o"), keepMs: LONG_MS });
  for (const [id, answer] of Object.entries({ l1: "a1", l2: "a2", l3: "a3" })) {
    await store.open(openingOf(id, { station: id }));
    await store.reserve(answerOf(id, answer));
  }
  await store.settle(wrongOf("l1", "a1"));
  await store.settle(rightOf("l2", "a2"));
  await store.wake([A], { exchangeId: exchange("x2").exchangeId, reply: bytes("r") });
  await store.due(10, LONG_MS);
  const operator = new Redis(redis.url);
  const keys = await operator.keys("ends:*");
  const ends = await Promise.all(keys.map((key) => operator.pttl(key)));
  expect(keys.filter((_, index) => (ends[index] ?? 0) <= 0)).toEqual([]);
  const kinds = new Set(keys.map((key) => key.split(":")[1]));
  expect([...kinds].toSorted()).toEqual(["due", "exchange", "failures", "inbox", "login", "open", "share", "slot"]);
  operator.disconnect();
  await store.close();
});
