import type { UserId } from "@portcullis/login";
import { eventually } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InboxItem, type InboxStore, MAX_INBOX_ITEMS } from "./application/ports.js";
import type { ChallengeId } from "./domain/inbox.js";

export interface InboxesUnderTest {
  readonly store: InboxStore;
  /** The same as another replica sees it. */
  readonly other: InboxStore;
  /** Lets time pass for the store. */
  pass(durationMs: number): Promise<void>;
  nowMs(): number;
  close(): Promise<void>;
}

/** What every store of inboxes does. */
export function describeInboxStore(name: string, open: () => Promise<InboxesUnderTest>): void {
  describe(`inboxes on ${name}`, () => {
    let test: InboxesUnderTest;
    let users = 0;
    const nextUser = (): UserId => `user ${users++}` as UserId;
    const itemOf = (id: string, change: Partial<InboxItem> = {}): InboxItem => ({
      challengeId: id as ChallengeId,
      rank: 1,
      expiresAtMs: test.nowMs() + 60_000,
      value: new Uint8Array([0, 32, 255, ...Buffer.from(id)]),
      ...change,
    });

    beforeAll(async () => {
      test = await open();
    });
    afterAll(() => test.close());

    it("gives back what was put, to whoever asks", async () => {
      const user = nextUser();
      expect(await test.store.list(user)).toEqual([]);
      const items = [itemOf("a"), itemOf("b", { rank: 7, value: new Uint8Array(0) })];
      for (const item of items) expect(await test.store.put(user, item)).toBe("put");
      const listed = await test.other.list(user);
      expect(listed.toSorted((one, other) => (one.challengeId < other.challengeId ? -1 : 1))).toEqual(items);
      expect(await test.store.list(nextUser())).toEqual([]);
    });

    it("keeps the item of the highest rank, whichever comes first", async () => {
      const user = nextUser();
      expect(await test.store.put(user, itemOf("a", { rank: 2_000_000_000 }))).toBe("put");
      expect(await test.other.put(user, itemOf("a", { rank: 2 }))).toBe("overtaken");
      expect(await test.other.put(user, itemOf("a", { rank: 2_000_000_000, value: new Uint8Array([9]) }))).toBe("same");
      expect(await test.store.put(user, itemOf("b", { rank: 1 }))).toBe("put");
      expect(await test.store.put(user, itemOf("b", { rank: 2 }))).toBe("put");
      const ranks = (await test.store.list(user)).map(({ challengeId, rank }) => [challengeId, rank]);
      expect(Object.fromEntries(ranks)).toEqual({ a: 2_000_000_000, b: 2 });
    });

    it("lets one of two that put at once win", async () => {
      const user = nextUser();
      const puts = await Promise.all([test.store, test.other].map((store) => store.put(user, itemOf("a"))));
      expect(puts.toSorted()).toEqual(["put", "same"]);
    });

    it("forgets each item at its time", async () => {
      const user = nextUser();
      await test.store.put(user, itemOf("short", { expiresAtMs: test.nowMs() + 200 }));
      await test.store.put(user, itemOf("long"));
      await test.pass(300);
      expect((await test.store.list(user)).map(({ challengeId }) => challengeId)).toEqual(["long"]);
      const other = nextUser();
      await test.store.put(other, itemOf("short", { expiresAtMs: test.nowMs() + 200 }));
      await test.pass(300);
      expect(await test.other.list(other)).toEqual([]);
    });

    it("has room for so many items of a user, and for others when those have expired", async () => {
      const user = nextUser();
      const short = { expiresAtMs: test.nowMs() + 1_500 };
      for (let index = 0; index < MAX_INBOX_ITEMS - 1; index++) await test.store.put(user, itemOf(`s${index}`, short));
      expect(await test.store.put(user, itemOf("last"))).toBe("put");
      expect(await test.store.put(user, itemOf("one more"))).toBe("full");
      expect(await test.store.put(user, itemOf("last", { rank: 2 }))).toBe("put");
      await test.pass(1_700);
      expect(await test.store.put(user, itemOf("one more"))).toBe("put");
      expect((await test.store.list(user)).map(({ challengeId }) => challengeId).toSorted()).toEqual([
        "last",
        "one more",
      ]);
    });

    it("tells every replica whose inbox has changed, and nobody when nothing has", async () => {
      const told: string[] = [];
      test.store.listen((user) => told.push(`one ${user}`));
      if (test.other !== test.store) test.other.listen((user) => told.push(`other ${user}`));
      const replicas = test.other === test.store ? ["one"] : ["one", "other"];
      const user = nextUser();
      // A connection that listens is not there at once; what it says then is that everybody has to look.
      await test.pass(500);
      told.splice(0);
      await test.store.put(user, itemOf("a"));
      await eventually(() => told.length === replicas.length, { what: "all replicas are told" });
      expect(told.toSorted()).toEqual(replicas.map((replica) => `${replica} ${user}`));
      told.splice(0);
      await test.other.put(user, itemOf("a"));
      await test.other.put(user, itemOf("b"));
      await eventually(() => told.length >= replicas.length, { what: "all replicas are told again" });
      expect(told).toHaveLength(replicas.length);
    });
  });
}
