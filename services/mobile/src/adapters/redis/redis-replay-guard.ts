import type { Redis } from "ioredis";
import type { ReplayGuard } from "../../application/ports.js";

/** What must not come twice, over all replicas: a key of Redis that can be set once. */
export class RedisReplayGuard implements ReplayGuard {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async isFirst(key: string, rememberMs: number): Promise<boolean> {
    return (await this.#redis.set(`${this.#prefix}mobile:proof:${key}`, "1", "PX", rememberMs, "NX")) === "OK";
  }
}
