import { describe } from "vitest";
import { answerContract } from "./pending-store-contract/answers.js";
import { dueContract } from "./pending-store-contract/due-entries.js";
import { exchangeContract } from "./pending-store-contract/exchanges.js";
import { heldContract } from "./pending-store-contract/held.js";
import { openingContract } from "./pending-store-contract/openings.js";
import type { StoreUnderTest } from "./pending-store-contract/samples.js";
import { wakeContract } from "./pending-store-contract/wakes.js";
import { wayContract } from "./pending-store-contract/ways.js";

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

  const parts = {
    exchanges: exchangeContract,
    "wake-ups": wakeContract,
    openings: openingContract,
    answers: answerContract,
    "held logins": heldContract,
    "ways of asking": wayContract,
    "due index": dueContract,
  };
  for (const [part, contract] of Object.entries(parts)) {
    describe(`${name}: ${part}`, () => {
      contract(use);
    });
  }
}
