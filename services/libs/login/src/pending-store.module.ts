import { type DynamicModule, Module } from "@nestjs/common";
import type { PendingStore } from "./pending-store.js";

export const PENDING_STORE = Symbol("PENDING_STORE");

/** Makes the pending store available to every module of the process. */
@Module({})
export class PendingStoreModule {
  static of(store: PendingStore): DynamicModule {
    const providers = [{ provide: PENDING_STORE, useValue: store }];
    return { module: PendingStoreModule, global: true, providers, exports: providers };
  }
}
