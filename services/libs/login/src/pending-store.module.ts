import { type DynamicModule, Module } from "@nestjs/common";
import type { ExchangeStore } from "./exchange-store.js";

export const PENDING_STORE = Symbol("PENDING_STORE");

/** Makes the pending store available to every module of the process; where there is nothing but gateways, its exchanges do. */
@Module({})
export class PendingStoreModule {
  static of(store: ExchangeStore): DynamicModule {
    const providers = [{ provide: PENDING_STORE, useValue: store }];
    return { module: PendingStoreModule, global: true, providers, exports: providers };
  }
}
