import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ReplayGuard } from "./application/ports.js";

export interface ReplaysUnderTest {
  readonly guard: ReplayGuard;
  /** The same as another replica sees it. */
  readonly other: ReplayGuard;
  /** Lets time pass for the guard. */
  pass(durationMs: number): Promise<void>;
  close(): Promise<void>;
}

/** What every guard against replays does. */
export function describeReplayGuard(name: string, open: () => Promise<ReplaysUnderTest>): void {
  describe(`replay guard on ${name}`, () => {
    let test: ReplaysUnderTest;
    beforeAll(async () => {
      test = await open();
    });
    afterAll(() => test.close());

    it("lets each key through once, at whichever replica", async () => {
      expect(await test.guard.isFirst("device:a", 60_000)).toBe(true);
      expect(await test.guard.isFirst("device:a", 60_000)).toBe(false);
      expect(await test.other.isFirst("device:a", 60_000)).toBe(false);
      expect(await test.other.isFirst("device:b", 60_000)).toBe(true);
      expect(await test.guard.isFirst("other:a", 60_000)).toBe(true);
    });

    it("lets one of many at once through", async () => {
      const guards = [test.guard, test.other];
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, index) => guards[index % 2]?.isFirst("device:race", 60_000)),
      );
      expect(all.filter(Boolean)).toHaveLength(1);
    });

    it("remembers a key for its time", async () => {
      expect(await test.guard.isFirst("device:short", 300)).toBe(true);
      await test.pass(100);
      expect(await test.guard.isFirst("device:short", 300)).toBe(false);
      await test.pass(400);
      expect(await test.guard.isFirst("device:short", 300)).toBe(true);
    });
  });
}
