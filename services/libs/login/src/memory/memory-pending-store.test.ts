import { describe, expect, it } from "vitest";
import { INBOX_TTL_MS } from "../exchange-store.js";
import { describePendingStore } from "../pending-store.contract.js";
import { OVERDUE_KEEP_MS } from "../pending-store.js";
import { A, answerOf, bytes, claimOf, exchange, login, openingOf, wrongOf } from "../pending-store-contract/samples.js";
import { MemoryPendingStore } from "./memory-pending-store.js";

class HandClock {
  timeMs = 1_763_726_400_000;

  nowMs(): number {
    return this.timeMs;
  }
}

describePendingStore("memory", async () => {
  const clock = new HandClock();
  const store = new MemoryPendingStore(clock);
  const pass = async (durationMs: number): Promise<void> => {
    clock.timeMs += durationMs;
  };
  return { store, pass, close: () => store.close() };
});

describe("MemoryPendingStore", () => {
  it("keeps nothing once everything is over, published or not", async () => {
    const clock = new HandClock();
    const store = new MemoryPendingStore(clock);
    for (let index = 0; index < 500; index++) {
      const id = `id-${index}`;
      const slot = `slot-${index % 20}`;
      await store.claim(claimOf(id, { slot, startsLogin: index % 2 === 0, maxExchanges: 400 }));
      if (index % 3 === 0) await store.decideExchange({ ...exchange(id), reply: bytes("r"), keepMs: 1_000 });
      await store.open(openingOf(id, { station: `station-${index % 7}`, credentialDigest: `password-${index % 5}` }));
      await store.reserve(answerOf(id, `answer-${index}`));
      if (index % 2 === 0) await store.settle(wrongOf(id, `answer-${index}`));
      await store.wake([A], { exchangeId: exchange(id).exchangeId, reply: bytes("r") });
      clock.timeMs += index;
    }
    expect(store.recordCount).toBeGreaterThan(500);
    clock.timeMs += OVERDUE_KEEP_MS + INBOX_TTL_MS + 120_000;
    await store.removeDue(await store.due(10_000, 0));
    expect(store.recordCount).toBe(0);
    expect(await store.due(10, 0)).toEqual([]);
  });

  it("goes on throwing out what is over when the clock is set back", async () => {
    const clock = new HandClock();
    const store = new MemoryPendingStore(clock);
    await store.claim(claimOf("before"));
    const kept = store.recordCount;
    clock.timeMs -= OVERDUE_KEEP_MS;
    const limits = { timeLimitMs: 1_000, keepMs: 1_000 };
    for (let index = 0; index < 50; index++) await store.claim(claimOf(`id-${index}`, limits));
    clock.timeMs += 10_000;
    await store.timeMs();
    expect(store.recordCount).toBe(kept);
  });

  it("keeps no chain of the logins that took each other's place", async () => {
    const clock = new HandClock();
    const store = new MemoryPendingStore(clock);
    for (let index = 0; index < 50; index++) {
      const opened = await store.open(openingOf(`l${index}`, { credentialDigest: `password-${index}`, keepMs: 0 }));
      expect(opened).toMatchObject({ kind: "opened", superseded: index === 0 ? [] : [login(`l${index - 1}`)] });
      if (index > 0) await store.removeDue([{ kind: "login", ...login(`l${index - 1}`) }]);
    }
    // The open login, its due entry and its user.
    expect(store.recordCount).toBe(3);
  });
});
