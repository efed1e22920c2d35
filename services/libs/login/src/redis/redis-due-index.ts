import { DUE_GRACE_MS, DUE_SHARDS, type DueEntry, type DueIndex } from "../pending-store.js";
import type { RedisClient } from "./redis-client.js";
import { entryOf, idOf, memberOf, type RedisKeys, shardOf } from "./redis-keys.js";

/** The due index on Redis: a sorted set for each shard. */
export class RedisDueIndex implements DueIndex {
  readonly #client: RedisClient;
  readonly #keys: RedisKeys;
  /** Where the next look begins, so that a small limit does not starve the last shards. */
  #firstShard = Math.floor(performance.now()) % DUE_SHARDS;

  constructor(client: RedisClient, keys: RedisKeys) {
    this.#client = client;
    this.#keys = keys;
  }

  /** Adds an entry, due a grace after `delayMs`; one that is there stays as it is, lease included. */
  async add(entry: DueEntry, delayMs: number): Promise<void> {
    const shard = this.#keys.due(shardOf(idOf(entry)));
    // The estimate is well within the grace, and whoever takes an entry too early is told that the login is running.
    const dueAtMs = (await this.#client.estimatedMs()) + delayMs + DUE_GRACE_MS;
    await this.#client.command((redis) => redis.zadd(shard, "NX", dueAtMs, memberOf(entry)));
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
  async removeDue(entries: readonly DueEntry[]): Promise<void> {
    const steps: Promise<unknown>[] = [];
    for (const [shard, members] of Map.groupBy(entries, (entry) => shardOf(idOf(entry)))) {
      steps.push(this.#client.command((redis) => redis.zrem(this.#keys.due(shard), ...members.map(memberOf))));
    }
    for (const entry of entries) {
      const key = entry.kind === "exchange" ? this.#keys.exchange(entry) : this.#keys.login(entry);
      steps.push(this.#client.run("publishedRecord", [key]));
    }
    await Promise.all(steps);
  }

  async #take(shard: number, limit: number, leaseMs: number): Promise<DueEntry[]> {
    const members = await this.#client.run("takeDue", [this.#keys.due(shard)], [limit, leaseMs]);
    return (members as readonly Buffer[]).map((member) => entryOf(member.toString()));
  }
}
