import type { UserId } from "@portcullis/login";
import { beforeEach, describe, expect, it } from "vitest";
import type { ImportedToken } from "./factor-ports.js";
import type { StandingToken, TokenBatches } from "./token-batch-ports.js";

export const ALICE = "a".repeat(32) as UserId;
export const BOB = "b".repeat(32) as UserId;

/** What a contract needs besides the port: users, and tokens that come from elsewhere. */
export interface TokenBatchesUnderTest {
  readonly batches: TokenBatches;
  addUser(loginName: string, userId: UserId): Promise<void>;
  addToken(serial: string, userId: UserId, source: StandingToken["source"]): Promise<void>;
}

export function importedToken(serial: string, userId: UserId, changed: Partial<ImportedToken> = {}): ImportedToken {
  return {
    serial,
    userId,
    sealedSecret: Buffer.from([0, 1, 0xff, 92]),
    secretDigest: `digest ${serial}`,
    type: "totp",
    lastStep: -1,
    algorithm: "sha1",
    digits: 6,
    periodSeconds: 30,
    ...changed,
  };
}

const sorted = (tokens: readonly StandingToken[]) => tokens.toSorted((a, b) => a.serial.localeCompare(b.serial));

/** @param open empty each time */
export function describeTokenBatches(name: string, open: () => Promise<TokenBatchesUnderTest>): void {
  describe(`a store of tokens that commands bring: ${name}`, () => {
    let under: TokenBatchesUnderTest;
    beforeEach(async () => {
      under = await open();
    });

    it("knows users by the name that they sign in with", async () => {
      await under.addUser("alice", ALICE);
      await under.addUser("bob", BOB);
      const found = await under.batches.usersNamed(["alice", "nobody", "al%"]);
      expect([...found]).toEqual([["alice", ALICE]]);
      expect((await under.batches.usersNamed([])).size).toBe(0);
    });

    it("shows the tokens with these serials, and all of these users, whoever brought them", async () => {
      await under.addToken("F1", ALICE, "file");
      await under.addToken("D1", BOB, "device");
      await under.batches.store([importedToken("I1", BOB)]);
      const byUser = await under.batches.standing({ serials: [], userIds: [BOB] });
      expect(sorted(byUser)).toEqual([
        { serial: "D1", userId: BOB, source: "device" },
        { serial: "I1", userId: BOB, source: "import" },
      ]);
      const both = await under.batches.standing({ serials: ["F1", "I1"], userIds: [] });
      expect(sorted(both).map(({ serial, source }) => `${serial} ${source}`)).toEqual(["F1 file", "I1 import"]);
    });

    it("stores what is new, changes what it has stored, and nothing else", async () => {
      await under.addToken("F1", ALICE, "file");
      await under.addToken("D1", ALICE, "device");
      const stored = await under.batches.store(["F1", "D1", "I1", "I2"].map((serial) => importedToken(serial, ALICE)));
      expect([...stored].toSorted()).toEqual(["I1", "I2"]);
      const again = [importedToken("I1", ALICE, { digits: 8 }), importedToken("I2", BOB)];
      expect([...(await under.batches.store(again))]).toEqual(["I1"]);
      expect(sorted(await under.batches.standing({ serials: [], userIds: [ALICE, BOB] }))).toEqual([
        { serial: "D1", userId: ALICE, source: "device" },
        { serial: "F1", userId: ALICE, source: "file" },
        { serial: "I1", userId: ALICE, source: "import" },
        { serial: "I2", userId: ALICE, source: "import" },
      ]);
    });
  });
}
