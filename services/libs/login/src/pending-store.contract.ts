import { describe } from "vitest";
import { answerContract } from "./pending-store-contract/answers.js";
import { dueContract } from "./pending-store-contract/due-entries.js";
import { exchangeContract } from "./pending-store-contract/exchanges.js";
import { openingContract } from "./pending-store-contract/openings.js";
import type { StoreUnderTest } from "./pending-store-contract/samples.js";
import { wakeContract } from "./pending-store-contract/wakes.js";

/** What every pending store does. `create` makes an empty store for one test. */
export function describePendingStore(name: string, create: () => Promise<StoreUnderTest>): void {
  const use = (test: (store: StoreUnderTest) => Promise<void>) => async (): Promise<void> => {
    const store = await create();
    try {
      await test(store);
    } finally {
      await store.close();
    }
  };

  describe(`${name}: exchanges`, () => exchangeContract(use));
  describe(`${name}: wake-ups`, () => wakeContract(use));
  describe(`${name}: openings`, () => openingContract(use));
  describe(`${name}: answers`, () => answerContract(use));
  describe(`${name}: due index`, () => dueContract(use));
}
