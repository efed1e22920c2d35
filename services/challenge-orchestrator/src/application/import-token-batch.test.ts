import { createSecretKey } from "node:crypto";
import { KeyedDigest, type Log, PooledRandom, Sealer } from "@portcullis/kit";
import { describe, expect, it } from "vitest";
import { tokenSecretPlace } from "../domain/token.js";
import { MemoryTokenBatches } from "../testing/memory-token-batches.js";
import { type BatchToken, ImportTokenBatch } from "./import-token-batch.js";
import { ALICE, BOB, describeTokenBatches } from "./token-batches.contract.js";

const SEED = "JBSWY3DPEHPK3PXP";
const key = createSecretKey(Buffer.alloc(32, 1));
const sealer = new Sealer({ active: 1, sealing: new Map([[1, key]]), digest: key, audit: key }, new PooledRandom());
const log: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

function token(serial: string, changed: Partial<BatchToken> = {}): BatchToken {
  const shape = { type: "totp", digits: 6, periodSeconds: 30, algorithm: "sha1", counter: 0 } as const;
  return { serial, userName: "alice", secret: SEED, ...shape, ...changed };
}

function setUp() {
  const tokens = new MemoryTokenBatches();
  tokens.users.set("alice", ALICE).set("bob", BOB);
  const importer = new ImportTokenBatch({ tokens, sealer, digest: new KeyedDigest(key), log });
  return { tokens, run: (batch: readonly BatchToken[], store = true) => importer.execute(batch, store) };
}

describeTokenBatches("in memory", async () => {
  const batches = new MemoryTokenBatches();
  return {
    batches,
    addUser: async (loginName, userId) => void batches.users.set(loginName, userId),
    addToken: async (serial, userId, source) => void batches.tokens.set(serial, { serial, userId, source }),
  };
});

describe("ImportTokenBatch", () => {
  it("stores each token for its user, the secret sealed for both, and the step before the next counter", async () => {
    const { tokens, run } = setUp();
    const hotp = token("H1", { userName: "CORP\\Bob", type: "hotp", counter: 7, digits: 8 });
    expect(await run([token("T1", { secret: "jbsw y3dp ehpk 3pxp" }), hotp])).toEqual([
      { serial: "T1", outcome: "added" },
      { serial: "H1", outcome: "added" },
    ]);
    const [t1, h1] = [tokens.tokens.get("T1"), tokens.tokens.get("H1")];
    expect(t1).toMatchObject({ userId: ALICE, type: "totp", lastStep: -1 });
    expect(h1).toMatchObject({ userId: BOB, type: "hotp", lastStep: 6, digits: 8 });
    const open = (place: string) => sealer.open(t1?.sealedSecret ?? new Uint8Array(), place)?.toString("latin1");
    expect(open(tokenSecretPlace("T1", ALICE))).toBe("Hello!\xde\xad\xbe\xef");
    expect(open(tokenSecretPlace("T1", BOB))).toBeUndefined();
  });

  it("the same batch again changes nothing more", async () => {
    const { tokens, run } = setUp();
    await run([token("T1")]);
    const digest = tokens.tokens.get("T1")?.secretDigest;
    expect(await run([token("T1")])).toEqual([{ serial: "T1", outcome: "replaced" }]);
    expect(tokens.tokens.get("T1")?.secretDigest).toBe(digest);
    await run([token("T1", { type: "hotp" })]);
    expect(tokens.tokens.get("T1")?.secretDigest).not.toBe(digest);
  });

  it("refuses what belongs to others, token by token", async () => {
    const { tokens, run } = setUp();
    tokens.tokens.set("F1", { serial: "F1", userId: ALICE, source: "file" });
    tokens.tokens.set("D1", { serial: "D1", userId: ALICE, source: "device" });
    await run([token("B1", { userName: "bob" })]);
    const outcomes = await run([
      token("F1"),
      token("D1"),
      token("B1"),
      token("T1"),
      token("T1"),
      token("X", { userName: "eve" }),
    ]);
    expect(outcomes).toEqual([
      { serial: "F1", outcome: "refused", reason: "is a token of the configuration file: change it there" },
      { serial: "D1", outcome: "refused", reason: "is the serial of a device" },
      { serial: "B1", outcome: "refused", reason: "is another user's token" },
      { serial: "T1", outcome: "added" },
      { serial: "T1", outcome: "refused", reason: "stands in the list twice" },
      { serial: "X", outcome: "refused", reason: 'there is no user "eve"' },
    ]);
    expect(tokens.tokens.get("B1")?.userId).toBe(BOB);
    expect(tokens.tokens.get("F1")?.source).toBe("file");
  });

  it.each<[Partial<BatchToken>, string]>([
    [{ serial: "" }, "its serial must not be empty"],
    [{ userName: "CORP\\" }, "its user's name has nothing left without its domain"],
    [{ secret: "JBSWY3DP0HPK3PXP" }, "its secret must be base32"],
    [{ secret: "JBSWY3DP" }, "its secret must decode to 10 to 64 bytes"],
    [{ digits: 5 }, "its digits must be 6, 7 or 8"],
    [{ periodSeconds: 45 }, "its period must be 30 or 60 seconds"],
    [{ type: "hotp", counter: -1 }, "its counter must be a whole number"],
    [{ type: "hotp", counter: 1.5 }, "its counter must be a whole number"],
    [{ type: "hotp", counter: 2 ** 48 + 1 }, "its counter must be a whole number"],
  ])("refuses %j without a word of its secret", async (changed, reason) => {
    const { tokens, run } = setUp();
    const [outcome] = await run([token("T1", changed)]);
    expect(outcome).toMatchObject({ outcome: "refused", reason: expect.stringContaining(reason) });
    expect(JSON.stringify(outcome)).not.toContain("JBSW");
    expect(tokens.tokens.size).toBe(0);
  });

  it("a user has ten tokens at most, those of the file counted and those of devices not", async () => {
    const { tokens, run } = setUp();
    tokens.tokens.set("F1", { serial: "F1", userId: ALICE, source: "file" });
    tokens.tokens.set("D1", { serial: "D1", userId: ALICE, source: "device" });
    const batch = Array.from({ length: 10 }, (_, at) => token(`T${at}`));
    const outcomes = await run(batch);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([...Array(9).fill("added"), "refused"]);
    expect(outcomes[9]).toMatchObject({ reason: "its user has 10 tokens already" });
    expect(await run([token("T0")])).toEqual([{ serial: "T0", outcome: "replaced" }]);
  });

  it("a check says the same and stores nothing", async () => {
    const { tokens, run } = setUp();
    const batch = [token("T1"), token("T1"), token("T2", { userName: "eve" })];
    const checked = await run(batch, false);
    expect(tokens.tokens.size).toBe(0);
    expect(await run(batch)).toEqual(checked);
  });

  it("refuses what became another's between the check and the store", async () => {
    const { tokens, run } = setUp();
    const store = tokens.store.bind(tokens);
    tokens.store = (given) => {
      tokens.tokens.set("T1", { serial: "T1", userId: BOB, source: "file" });
      return store(given);
    };
    expect(await run([token("T1")])).toMatchObject([
      { outcome: "refused", reason: expect.stringContaining("meanwhile") },
    ]);
  });
});
