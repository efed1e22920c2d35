import { type RedisServer, startRedis } from "@portcullis/testkit";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { A, bytes, claimOf, exchange, LONG_MS } from "../pending-store-contract/samples.js";
import { RedisClient } from "./redis-client.js";
import { RedisDueIndex } from "./redis-due-index.js";
import { RedisExchanges } from "./redis-exchanges.js";
import { RedisKeys } from "./redis-keys.js";
import { SCRIPTS, type ScriptName } from "./scripts/scripts.js";

let redis: RedisServer;
let client: RedisClient;

beforeAll(async () => {
  redis = await startRedis({ appendfsync: "none" });
  client = new RedisClient(redis.url, () => undefined);
  await client.firstConnection(2_000);
});

afterAll(async () => {
  client.close();
  await redis.stop();
});

class Killed extends Error {}

/** A process that is killed just before its n-th step. */
class MortalClient extends RedisClient {
  readonly #alive: RedisClient;
  #stepsLeft: number;

  constructor(alive: RedisClient, stepsLeft: number) {
    super(redis.url, () => undefined);
    this.close();
    this.#alive = alive;
    this.#stepsLeft = stepsLeft;
  }

  override async run(...call: Parameters<RedisClient["run"]>): Promise<unknown> {
    this.#step();
    return this.#alive.run(...call);
  }

  override async command<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    this.#step();
    return this.#alive.command(command);
  }

  override estimatedMs(): Promise<number> {
    return this.#alive.estimatedMs();
  }

  #step(): void {
    if (this.#stepsLeft-- <= 0) throw new Killed();
  }
}

function exchangesOf(used: RedisClient, prefix: string): { exchanges: RedisExchanges; due: RedisDueIndex } {
  const keys = new RedisKeys(prefix);
  const due = new RedisDueIndex(used, keys);
  return { exchanges: new RedisExchanges({ client: used, keys, due, onError: () => undefined }), due };
}

// A claim that takes another's slot has four steps: slot, due entry, record, mark.
it.each([0, 1, 2, 3, 4])("repairs a claim that was killed after %d steps with the retransmission", async (steps) => {
  const prefix = `killed${steps}:`;
  const { exchanges } = exchangesOf(client, prefix);
  await exchanges.claim(claimOf("old", { slot: "s" }));
  const request = claimOf("new", { slot: "s", startsLogin: true, maxExchanges: 2 });
  const dying = exchangesOf(new MortalClient(client, steps), prefix).exchanges.claim(request);
  const killed = await dying.then(
    () => false,
    (error: unknown) => error instanceof Killed,
  );
  expect(killed).toBe(steps < 4);

  expect(await exchanges.claim(request)).toMatchObject({ kind: steps < 3 ? "new" : "joined" });
  expect(await exchanges.claim(claimOf("old", { slot: "s" }))).toEqual({ kind: "abandoned" });
  expect(await exchanges.inspect(exchange("old"))).toMatchObject({ kind: "abandoned" });
  expect(await exchanges.claim(claimOf("third", { maxExchanges: 2 }))).toEqual({ kind: "refused" });
  const keys = new RedisKeys(prefix);
  const entries = await Promise.all(
    Array.from({ length: 16 }, (_, shard) => client.command((commands) => commands.zrange(keys.due(shard), "0", "-1"))),
  );
  expect(entries.flat()).toEqual(["x/key-of-alice/new"]);
  const decision = { ...exchange("new"), reply: bytes("reply"), keepMs: LONG_MS };
  expect(await exchanges.decide(decision)).toMatchObject({ kind: "decided", first: true, gateways: [A] });
});

it("uses keys of one hash tag in each script", async () => {
  const calls: (readonly string[])[] = [];
  class Watched extends MortalClient {
    override run(
      name: ScriptName,
      keys: readonly string[],
      args?: Parameters<RedisClient["run"]>[2],
    ): Promise<unknown> {
      const script = SCRIPTS[name];
      if ("numberOfKeys" in script) expect(keys).toHaveLength(script.numberOfKeys);
      calls.push(keys);
      return super.run(name, keys, args);
    }
  }
  const { exchanges } = exchangesOf(new Watched(client, 1_000), "tags:");
  for (const id of ["x1", "x2", "x1"]) {
    await exchanges.claim(claimOf(id, { slot: "s", client: "a {client} with braces", startsLogin: true }));
  }
  const tags = calls.map((keys) => new Set(keys.map((key) => /\{([^}]+)\}/.exec(key)?.[1])).size);
  expect(tags).toHaveLength(6);
  expect(new Set(tags)).toEqual(new Set([1]));
});
