import type { DynamicModule } from "@nestjs/common";
import type { FollowedClock, Log, Readiness } from "@portcullis/kit";
import type { PendingStore } from "./pending-store.js";
import { PendingStoreModule } from "./pending-store.module.js";
import { RedisPendingStore } from "./redis/redis-pending-store.js";
import { StoreClock } from "./store-clock.js";

export interface OpenedPendingStore {
  readonly store: PendingStore;
  /** Binds the store for every module of the process. */
  readonly module: DynamicModule;
  close(): Promise<void>;
}

/** Opens the pending store of the distributed mode: the process follows its clock and is unready while it is away. */
export async function openPendingStore(options: {
  readonly url: string;
  readonly platform: { readonly clock: FollowedClock; readonly readiness: Readiness; readonly log: Log };
}): Promise<OpenedPendingStore> {
  const { url, platform } = options;
  const { clock, readiness, log } = platform;
  const store = await RedisPendingStore.connect({
    url,
    onError: (error) => log.warn("store.connection", { error }),
    onWarning: (message) => log.warn("store.setting", { message }),
  });
  const storeClock = new StoreClock({ store, clock, readiness, log });
  await storeClock.start();
  return {
    store,
    module: PendingStoreModule.of(store),
    close: () => {
      storeClock.stop();
      return store.close();
    },
  };
}
