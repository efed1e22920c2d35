import type { UserId } from "@portcullis/login";
import { beforeEach, describe, expect, it } from "vitest";
import type { UserStore } from "../../application/ports.js";
import type { SourceUser } from "../../domain/user.js";

const idOf = (loginName: string): UserId => `id-${loginName}` as UserId;

function user(loginName: string, changes: Partial<SourceUser> = {}): SourceUser {
  return { userId: idOf(loginName), name: loginName, loginName, enabled: true, groups: [], ...changes };
}

/** What every store of users does. @param emptyStore gives a store without users */
export function describeUserStore(emptyStore: () => Promise<UserStore>): void {
  let store: UserStore;
  beforeEach(async () => {
    store = await emptyStore();
  });

  async function publishAll(): Promise<void> {
    await store.markPublished(await store.unpublished(100));
  }

  describe("upsert", () => {
    it("keeps new users as unpublished, in their first generation", async () => {
      expect(await store.upsert("file", [user("alice", { name: "Alice" }), user("bob", { enabled: false })])).toBe(2);
      expect(await store.countUnpublished()).toBe(2);
      expect(await store.unpublished(10)).toEqual([
        { ...user("alice", { name: "Alice" }), generation: 1, removed: false },
        { ...user("bob", { enabled: false }), generation: 1, removed: false },
      ]);
    });

    it("raises the generation of who changed, and touches nobody else", async () => {
      await store.upsert("file", [user("alice"), user("bob"), user("carol")]);
      await publishAll();
      const changed = [user("alice"), user("bob", { enabled: false }), user("carol", { name: "Carol" })];
      expect(await store.upsert("file", changed)).toBe(2);
      expect((await store.unpublished(10)).map((one) => [one.loginName, one.generation])).toEqual([
        ["bob", 2],
        ["carol", 2],
      ]);
      expect(await store.upsert("file", changed)).toBe(0);
    });

    it("keeps the groups of each user in order, and sees a changed one", async () => {
      const groups = ["ops", 'vpn, "quoted" {braces} \\', "große"];
      await store.upsert("file", [user("alice", { groups }), user("bob"), user("carol", { groups: ["ops"] })]);
      expect((await store.unpublished(10)).map((one) => one.groups)).toEqual([groups, [], ["ops"]]);
      const changed = [user("alice", { groups }), user("bob", { groups: ["ops"] }), user("carol")];
      expect(await store.upsert("file", changed)).toBe(2);
    });

    it("takes a thousand at once", async () => {
      const many = Array.from({ length: 1_000 }, (_, index) => user(`user${index}`));
      expect(await store.upsert("file", many)).toBe(1_000);
    });

    it("refuses a second user of the same login name", async () => {
      await store.upsert("file", [user("alice")]);
      const impostor = { ...user("alice"), userId: idOf("impostor") };
      await expect(store.upsert("file", [impostor])).rejects.toMatchObject({ code: "23505" });
    });
  });

  describe("removeOthers", () => {
    it("removes once whoever is not named, and lets her come back in a newer generation", async () => {
      await store.upsert("file", [user("alice"), user("bob")]);
      await publishAll();
      expect(await store.removeOthers("file", [idOf("alice")])).toBe(1);
      expect(await store.removeOthers("file", [idOf("alice")])).toBe(0);
      expect(await store.unpublished(10)).toEqual([{ ...user("bob"), generation: 2, removed: true }]);
      await publishAll();
      expect(await store.upsert("file", [user("bob")])).toBe(1);
      expect(await store.unpublished(10)).toEqual([{ ...user("bob"), generation: 3, removed: false }]);
    });

    it("removes all when none is named", async () => {
      await store.upsert("file", [user("alice"), user("bob")]);
      expect(await store.removeOthers("file", [])).toBe(2);
    });
  });

  describe("markPublished", () => {
    it("leaves a user unpublished who changed after she was read", async () => {
      await store.upsert("file", [user("alice"), user("bob")]);
      const read = await store.unpublished(10);
      await store.upsert("file", [user("alice", { enabled: false })]);
      await store.markPublished(read);
      expect((await store.unpublished(10)).map((one) => [one.loginName, one.generation])).toEqual([["alice", 2]]);
    });

    it("takes nobody, and never goes back", async () => {
      await store.markPublished([]);
      await store.upsert("file", [user("alice")]);
      const first = await store.unpublished(10);
      await store.upsert("file", [user("alice", { enabled: false })]);
      await publishAll();
      await store.markPublished(first);
      expect(await store.countUnpublished()).toBe(0);
    });
  });

  it("gives no more unpublished users than asked for", async () => {
    await store.upsert("file", [user("alice"), user("bob"), user("carol")]);
    expect(await store.unpublished(2)).toHaveLength(2);
    expect(await store.countUnpublished()).toBe(3);
  });

  it("remembers the digest of the last import", async () => {
    expect(await store.importedDigest("file")).toBeUndefined();
    await store.setImportedDigest("file", "one");
    await store.setImportedDigest("file", "two");
    expect(await store.importedDigest("file")).toBe("two");
  });
}
