import type { UserId } from "@portcullis/login";
import { beforeEach, describe, expect, it } from "vitest";
import type { AccountStore, FilePasswordStore } from "../../application/ports.js";
import type { UserCopy } from "../../domain/account.js";

const idOf = (loginName: string): UserId => `id-${loginName}` as UserId;

function copy(loginName: string, generation: number, changes: Partial<UserCopy> = {}): UserCopy {
  return { userId: idOf(loginName), loginName, enabled: true, generation, ...changes };
}

export interface Stores {
  readonly accounts: AccountStore;
  readonly passwords: FilePasswordStore;
}

/** What the stores of users and of the file's passwords do together. @param emptyStores gives them without a row */
export function describeStores(emptyStores: () => Promise<Stores>): void {
  let accounts: AccountStore;
  let passwords: FilePasswordStore;
  beforeEach(async () => {
    ({ accounts, passwords } = await emptyStores());
  });

  describe("AccountStore", () => {
    it("joins users and passwords, whichever comes first", async () => {
      await passwords.put([{ userId: idOf("alice"), hash: "hash" }]);
      expect(await accounts.find("alice")).toBeUndefined();
      await accounts.keep(copy("alice", 1));
      await accounts.keep(copy("bob", 1, { enabled: false }));
      expect(await accounts.find("alice")).toEqual({ userId: idOf("alice"), enabled: true, passwordHash: "hash" });
      expect(await accounts.find("bob")).toEqual({ userId: idOf("bob"), enabled: false, passwordHash: undefined });
    });

    it("gives each of many look-ups its own answer, the same name twice and names of no one included", async () => {
      const names = Array.from({ length: 600 }, (_, index) => `user${index}`);
      await Promise.all(names.map((name) => accounts.keep(copy(name, 1))));
      const asked = [...names, "user0", "nobody", 'o"brien', "{a,b}", "NULL", "\\"];
      const found = await Promise.all(asked.map((name) => accounts.find(name)));
      expect(found.map((account) => account?.userId)).toEqual([
        ...[...names, "user0"].map(idOf),
        ...Array.from({ length: 5 }, () => undefined),
      ]);
    });

    it("takes only newer copies, in whatever order they come", async () => {
      await accounts.keep(copy("alice", 2, { enabled: false }));
      await accounts.keep(copy("alice", 2));
      await accounts.keep(copy("alice", 1));
      expect(await accounts.find("alice")).toMatchObject({ enabled: false });
      await Promise.all([accounts.keep(copy("alice", 4)), accounts.keep(copy("alice", 3, { enabled: false }))]);
      expect(await accounts.find("alice")).toMatchObject({ enabled: true });
    });

    it("follows a user to her new name", async () => {
      await accounts.keep(copy("alice", 1));
      await accounts.keep({ ...copy("alice", 2), loginName: "alicia" });
      expect(await accounts.find("alice")).toBeUndefined();
      expect(await accounts.find("alicia")).toMatchObject({ userId: idOf("alice") });
    });

    it("refuses a second user of the same login name, and nobody else who came with her", async () => {
      await accounts.keep(copy("alice", 1));
      const impostor = { ...copy("impostor", 1), loginName: "alice" };
      const kept = await Promise.allSettled(
        [copy("bob", 1), impostor, copy("carol", 1)].map((one) => accounts.keep(one)),
      );
      expect(kept.map((one) => one.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(await accounts.find("alice")).toMatchObject({ userId: idOf("alice") });
      expect(await accounts.find("carol")).toMatchObject({ userId: idOf("carol") });
    });
  });

  describe("FilePasswordStore", () => {
    it("puts, replaces and removes passwords", async () => {
      await passwords.put([]);
      await passwords.put(["alice", "bob", "carol"].map((name) => ({ userId: idOf(name), hash: "old" })));
      await passwords.put([{ userId: idOf("bob"), hash: "new" }]);
      await passwords.remove([]);
      await passwords.remove([idOf("carol"), idOf("nobody")]);
      const all = await passwords.all();
      expect(Object.fromEntries(all.map(({ userId, hash }) => [userId, hash]))).toEqual({
        [idOf("alice")]: "old",
        [idOf("bob")]: "new",
      });
    });

    it("remembers the digest of the last import", async () => {
      expect(await passwords.importedDigest()).toBeUndefined();
      await passwords.setImportedDigest("one");
      await passwords.setImportedDigest("two");
      expect(await passwords.importedDigest()).toBe("two");
    });
  });
}

/** Empties all tables of the service. */
export const TRUNCATE = "truncate authn_primary.users, authn_primary.passwords, authn_primary.imports";
