import { expect, it, vi } from "vitest";
import type { Wake } from "../exchange-store.js";
import type { ExchangeId } from "../ids.js";
import { A, ALL_BYTES, B, bytes, type StoreUnderTest } from "./samples.js";

type UseStore = (test: (use: StoreUnderTest) => Promise<void>) => () => Promise<void>;

const ARRIVAL = { timeout: 10_000, interval: 10 };

export function wakeContract(use: UseStore): void {
  it(
    "wakes exactly the gateways that wait, with what arrived before they listened and after",
    use(async ({ store }) => {
      const [early, late, forB] = [wakeOf("early", ALL_BYTES), wakeOf("late", bytes("2")), wakeOf("b", bytes("3"))];
      const atA: Wake[] = [];
      const atB: Wake[] = [];
      const leaving = new AbortController();
      await store.wake([A], early);
      const listening = [
        store.listen(A, (wakes) => atA.push(...wakes), leaving.signal),
        store.listen(B, (wakes) => atB.push(...wakes), leaving.signal),
      ];
      await store.wake([A, B], late);
      await store.wake([B], forB);
      await vi.waitFor(() => expect([atA, atB]).toMatchObject([{ length: 2 }, { length: 2 }]), ARRIVAL);
      leaving.abort();
      await Promise.all(listening);
      expect(atA).toEqual([early, late]);
      expect(atB).toEqual([late, forB]);
    }),
  );

  it(
    "delivers a flood of wake-ups once each",
    use(async ({ store }) => {
      const count = 2_000;
      const arrived: string[] = [];
      const leaving = new AbortController();
      const listening = store.listen(
        A,
        (wakes) => arrived.push(...wakes.map((wake) => wake.exchangeId)),
        leaving.signal,
      );
      const sent = Array.from({ length: count }, (_, index) => wakeOf(`x${index}`, bytes("r")));
      await Promise.all(sent.map((wake) => store.wake([A], wake)));
      await vi.waitFor(() => expect(arrived.length).toBeGreaterThanOrEqual(count), ARRIVAL);
      leaving.abort();
      await listening;
      expect(arrived).toEqual(sent.map((wake) => wake.exchangeId));
    }),
  );

  it(
    "stops listening when told so, and when the store is closed",
    use(async ({ store }) => {
      const leaving = new AbortController();
      const listening = store.listen(A, () => undefined, leaving.signal);
      leaving.abort();
      await expect(listening).resolves.toBeUndefined();
      await store.listen(A, () => undefined, leaving.signal);
      const open = store.listen(B, () => undefined, new AbortController().signal);
      await store.close();
      await expect(open).resolves.toBeUndefined();
    }),
  );

  it(
    "rejects when the listener throws",
    use(async ({ store }) => {
      const listening = store.listen(
        A,
        () => {
          throw new Error("a bug");
        },
        new AbortController().signal,
      );
      await Promise.all([expect(listening).rejects.toThrow("a bug"), store.wake([A], wakeOf("x1", bytes("r")))]);
    }),
  );
}

function wakeOf(id: string, reply: Uint8Array): Wake {
  return { exchangeId: id as ExchangeId, reply };
}
