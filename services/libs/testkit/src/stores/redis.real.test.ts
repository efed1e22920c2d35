import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { isAlive } from "../process/process-tree.js";
import { startRedis } from "./redis.js";

describe("startRedis", () => {
  it("keeps acknowledged writes over a SIGKILL with appendfsync always, on the same port", async () => {
    await using redis = await startRedis({ appendfsync: "always" });
    await using client = connect(redis.url);
    await Promise.all(Array.from({ length: 200 }, (_, index) => client.redis.set(`key${index}`, `value${index}`)));
    const first = redis.process.pid;
    await redis.kill();
    expect(isAlive(first)).toBe(false);
    await redis.restart();
    await using again = connect(redis.url);
    expect(await again.redis.dbsize()).toBe(200);
    expect(await again.redis.get("key199")).toBe("value199");
  });

  it("loses everything when wiped, and without persistence when killed", async () => {
    await using kept = await startRedis({ appendfsync: "always" });
    await using client = connect(kept.url);
    await client.redis.set("key", "value");
    await kept.wipe();
    await using wiped = connect(kept.url);
    expect(await wiped.redis.get("key")).toBeNull();

    await using volatile = await startRedis({ appendfsync: "none" });
    await using writer = connect(volatile.url);
    await writer.redis.set("key", "value");
    await volatile.kill();
    await volatile.restart();
    await using reader = connect(volatile.url);
    expect(await reader.redis.get("key")).toBeNull();
  });

  it("leaves no process and no folder when stopped", async () => {
    const redis = await startRedis();
    const { pid } = redis.process;
    expect(existsSync(redis.dir)).toBe(true);
    await redis.stop();
    await redis.stop();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(redis.dir)).toBe(false);
    await expect(redis.restart()).rejects.toThrow("redis was stopped for good");
  });

  it("keeps an explicit folder and finds its data there again", async () => {
    const dir = await mkdtemp(join(tmpdir(), "portcullis-kept-"));
    {
      await using redis = await startRedis({ dir, appendfsync: "always" });
      await using client = connect(redis.url);
      await client.redis.set("key", "value");
    }
    expect(existsSync(dir)).toBe(true);
    await using redis = await startRedis({ dir, appendfsync: "always" });
    await using client = connect(redis.url);
    expect(await client.redis.get("key")).toBe("value");
    await redis.stop();
    await rm(dir, { recursive: true });
  });

  it("does not take another port than the one asked for, and shows the server's words", async () => {
    await using redis = await startRedis();
    await expect(startRedis({ port: redis.port })).rejects.toThrow(
      /redis .*ended with code 1[\s\S]*Address already in use/,
    );
  });
});

function connect(url: string): AsyncDisposable & { redis: Redis } {
  const redis = new Redis(url, { retryStrategy: () => null });
  redis.on("error", () => undefined);
  return { redis, [Symbol.asyncDispose]: async () => redis.disconnect() };
}
