import { expect, it } from "vitest";
import { DUE_GRACE_MS, type DueEntry } from "../pending-store.js";
import { bytes, claimOf, exchange, LONG_MS, login, openingOf, SHORT_MS, type StoreUnderTest } from "./samples.js";

type UseStore = (test: (use: StoreUnderTest) => Promise<void>) => () => Promise<void>;

export function dueContract(use: UseStore): void {
  it(
    "knows what is overdue, after a grace, until it is removed",
    use(async ({ store, pass }) => {
      await store.claim(claimOf("x1", { startsLogin: true, timeLimitMs: SHORT_MS }));
      await store.claim(claimOf("x2", { startsLogin: false, timeLimitMs: SHORT_MS }));
      await store.claim(claimOf("x3", { startsLogin: true, timeLimitMs: LONG_MS }));
      await store.claim(claimOf("x4", { startsLogin: true, timeLimitMs: SHORT_MS, slot: "s" }));
      await store.claim(claimOf("x5", { slot: "s" }));
      await store.open(openingOf("l1", { lifetimeMs: SHORT_MS, station: "1" }));
      await store.open(openingOf("l2", { lifetimeMs: LONG_MS, station: "2" }));
      await store.open(openingOf("l1", { lifetimeMs: LONG_MS, station: "1" }));
      await pass(SHORT_MS);
      expect(await store.due(100, LONG_MS)).toEqual([]);
      await pass(DUE_GRACE_MS);

      const due: DueEntry[] = [
        { kind: "exchange", ...exchange("x1") },
        { kind: "exchange", ...exchange("x4") },
        { kind: "login", ...login("l1") },
      ];
      expect(sorted(await store.due(100, SHORT_MS))).toEqual(due);
      expect(await store.due(100, SHORT_MS)).toEqual([]);
      expect(await store.inspectExchange(exchange("x1"))).toEqual({ kind: "waiting", context: bytes("context of x1") });
      expect(await store.inspectExchange(exchange("x4"))).toMatchObject({ kind: "abandoned" });
      expect(await store.expire({ ...login("l1"), keepMs: LONG_MS })).toMatchObject({ kind: "expired" });

      await pass(SHORT_MS);
      expect(sorted(await store.due(100, 0))).toEqual(due);
      await store.removeDue(due.slice(0, 2));
      await store.removeDue(due.slice(0, 2));
      expect(await store.due(100, 0)).toEqual(due.slice(2));
      await store.removeDue(due);
      await store.removeDue([]);
      expect(await store.due(100, 0)).toEqual([]);
    }),
  );

  it(
    "never gives one entry to two takers, nor more than were asked for, and leaves none out",
    use(async ({ store, pass }) => {
      const ids = Array.from({ length: 90 }, (_, index) => `login-${index.toString(16).padStart(4, "0")}`);
      const opening = { lifetimeMs: 0, station: "", maxOpen: 1 };
      await Promise.all(ids.map((id) => store.open(openingOf(id, opening))));
      await pass(DUE_GRACE_MS);
      const takes = await Promise.all(Array.from({ length: 6 }, () => store.due(20, LONG_MS)));
      for (const take of takes) expect(take.length).toBeLessThanOrEqual(20);
      const taken = takes.flat().map((entry) => (entry.kind === "login" ? entry.loginId : entry.exchangeId));
      expect(taken.toSorted()).toEqual(ids);

      const single = `login-${"f".repeat(4)}`;
      await store.open(openingOf(single, opening));
      await pass(DUE_GRACE_MS);
      expect(await store.due(1, LONG_MS)).toEqual([{ kind: "login", ...login(single) }]);
    }),
  );
}

function sorted(entries: readonly DueEntry[]): DueEntry[] {
  return entries.toSorted((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));
}
