import type { LoginId, UserId } from "../ids.js";
import { type HeldLogins, type LoginRef } from "../login-store.js";
import { DUE_SHARDS } from "../pending-store.js";
import type { RedisClient } from "./redis-client.js";
import { type RedisKeys, shardOf } from "./redis-keys.js";

/** Which logins are held, on Redis: a sorted set for each shard, and whose each login is. */
export class RedisHeldLogins {
  readonly #client: RedisClient;
  readonly #keys: RedisKeys;

  constructor(client: RedisClient, keys: RedisKeys) {
    this.#client = client;
    this.#keys = keys;
  }

  async add({ userId, loginId }: LoginRef, expiresAtMs: number): Promise<void> {
    await this.#client.run("addHeld", this.#keysOf(loginId), [loginId, userId, expiresAtMs]);
  }

  /** An entry that stays, since somebody died before this, goes by itself when its login's time is over. */
  async remove(loginId: LoginId): Promise<void> {
    await this.#client.run("removeHeld", this.#keysOf(loginId), [loginId]);
  }

  /** Shares the limit out among the shards. */
  async list(limit: number): Promise<HeldLogins> {
    const each = Math.ceil(limit / DUE_SHARDS);
    const shards = Array.from({ length: DUE_SHARDS }, (_, shard) => this.#keys.held(shard));
    const found = await Promise.all(shards.map((key) => this.#ofShard(key, each + 1)));
    const logins = found.flatMap((ids) => ids.slice(0, each)).slice(0, limit);
    const more = found.reduce((count, ids) => count + ids.length, 0) > logins.length;
    const refs = await Promise.all(logins.map((loginId) => this.find(loginId)));
    return { logins: refs.filter((ref) => ref !== undefined), more };
  }

  async find(loginId: LoginId): Promise<LoginRef | undefined> {
    const userId = await this.#client.command((redis) => redis.get(this.#keys.heldLogin(loginId)));
    return userId === null ? undefined : { userId: userId as UserId, loginId };
  }

  async #ofShard(key: string, most: number): Promise<LoginId[]> {
    const ids = await this.#client.run("listHeld", [key], [most]);
    return (ids as readonly Buffer[]).map((id) => id.toString() as LoginId);
  }

  #keysOf(loginId: LoginId): readonly string[] {
    return [this.#keys.held(shardOf(loginId)), this.#keys.heldLogin(loginId)];
  }
}
