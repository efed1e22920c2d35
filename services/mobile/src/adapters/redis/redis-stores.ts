import type { Clock, Log } from "@portcullis/kit";
import { connectRedis } from "@portcullis/login";
import type { InboxStore, ReplayGuard } from "../../application/ports.js";
import { RedisInboxStore } from "./redis-inbox-store.js";
import { RedisReplayGuard } from "./redis-replay-guard.js";

const DEFAULT_PREFIX = "portcullis:";

export interface RedisStores {
  readonly inboxStore: InboxStore;
  readonly replayGuard: ReplayGuard;
  close(): Promise<void>;
}

/** The stores of the distributed mode: one connection for commands, one that listens. */
export function redisStores(options: {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
  readonly prefix?: string;
}): RedisStores {
  const { url, clock, log, prefix = DEFAULT_PREFIX } = options;
  const onError = (error: Error): void => log.warn("store.connection", { error });
  const redis = connectRedis(url, onError);
  const inboxStore = new RedisInboxStore({ redis, url, prefix, clock, onError });
  return {
    inboxStore,
    replayGuard: new RedisReplayGuard(redis, prefix),
    close: async () => {
      await inboxStore.close();
      redis.disconnect();
    },
  };
}
