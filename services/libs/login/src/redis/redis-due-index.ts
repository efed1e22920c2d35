import { Batcher } from "@portcullis/kit";
import { DUE_GRACE_MS, DUE_SHARDS, type DueEntry, type DueIndex, type ObsoleteEntry } from "../pending-store.js";
import type { RedisClient } from "./redis-client.js";
import { entryOf, idOf, memberOf, type RedisKeys, shardOf } from "./redis-keys.js";

const BATCH = { maxItems: 256, maxInFlight: 16, maxWaiting: 100_000 };

/** The due index on Redis: a sorted set for each shard. */
export class RedisDueIndex implements DueIndex {
  readonly #client: RedisClient;
  readonly #keys: RedisKeys;
  readonly #removals: Batcher<DueEntry, undefined>;
  /** Where the next look begins, so that a small limit does not starve the last shards. */
  #firstShard = Math.floor(performance.now()) % DUE_SHARDS;

  constructor(client: RedisClient, keys: RedisKeys) {
    this.#client = client;
    this.#keys = keys;
    this.#removals = new Batcher((entries) => this.#removeAll(entries), BATCH);
  }

  /**
   * Adds an entry, due a grace after `delayMs`, and does `step` behind it: on one connection and in this order, without
   * waiting for the first one's answer. An entry that is there stays as it is, lease included.
   */
  async addBefore<T>(entry: DueEntry, delayMs: number, step: () => Promise<T>): Promise<T> {
    const shard = this.#keys.due(shardOf(idOf(entry)));
    // The estimate is well within the grace, and whoever takes an entry too early is told that the login is running.
    const dueAtMs = (await this.#client.estimatedMs()) + delayMs + DUE_GRACE_MS;
    const added = this.#client.command((redis) => redis.zadd(shard, "NX", dueAtMs, memberOf(entry)));
    const [done] = await Promise.all([step(), added]);
    return done;
  }

  /** An entry that is there becomes due by then, a grace after `atMs`, if not before. */
  async sooner(entry: DueEntry, atMs: number): Promise<void> {
    const shard = this.#keys.due(shardOf(idOf(entry)));
    await this.#client.command((redis) => redis.zadd(shard, "XX", "LT", atMs + DUE_GRACE_MS, memberOf(entry)));
  }

  /** Shares the limit out among the shards; those that had more are asked again for what is left of it. */
  async due(limit: number, leaseMs: number): Promise<readonly DueEntry[]> {
    const entries: DueEntry[] = [];
    let shards = Array.from({ length: DUE_SHARDS }, (_, index) => (this.#firstShard + index) % DUE_SHARDS);
    this.#firstShard = (this.#firstShard + 1) % DUE_SHARDS;
    while (shards.length > 0 && entries.length < limit) {
      const asked = shards.slice(0, limit - entries.length);
      const each = Math.floor((limit - entries.length) / asked.length);
      const found = await Promise.all(asked.map((shard) => this.#take(shard, each, leaseMs)));
      for (const part of found) entries.push(...part);
      shards = [...shards.slice(asked.length), ...asked.filter((_, index) => found[index]?.length === each)];
    }
    return entries;
  }

  /** Both steps are repeatable; when only the first was done, the record stays until its longest time is over. */
  async removeDue(entries: readonly ObsoleteEntry[]): Promise<void> {
    const records = entries.filter((entry) => entry.goesOn !== true);
    const keys = records.map((entry) =>
      entry.kind === "exchange" ? this.#keys.exchange(entry) : this.#keys.login(entry),
    );
    await Promise.all([
      ...entries.map((entry) => this.#removals.add(entry)),
      ...keys.map((key) => this.#client.run("publishedRecord", [key])),
    ]);
  }

  /** What is removed in one turn goes in one command a shard. */
  async #removeAll(entries: readonly DueEntry[]): Promise<readonly undefined[]> {
    const shards = Map.groupBy(entries, (entry) => shardOf(idOf(entry)));
    const commands = [...shards].map(([shard, members]) =>
      this.#client.command((redis) => redis.zrem(this.#keys.due(shard), ...members.map(memberOf))),
    );
    await Promise.all(commands);
    return entries.map(() => undefined);
  }

  async #take(shard: number, limit: number, leaseMs: number): Promise<DueEntry[]> {
    const members = await this.#client.run("takeDue", [this.#keys.due(shard)], [limit, leaseMs]);
    return (members as readonly Buffer[]).map((member) => entryOf(member.toString()));
  }
}
