import { describe, expect, it } from "vitest";
import { PooledRandom } from "../random.js";
import { Argon2Hasher, HashesBusy } from "./argon2-hasher.js";

const random = new PooledRandom();
const password = Buffer.from("correct hörse 🐴");

describe("Argon2Hasher", () => {
  it("hashes with the default parameters and a salt of its own, and verifies bytes", async () => {
    const hasher = await Argon2Hasher.create(random);
    const hash = await hasher.hash(password);
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.hash(password)).not.toBe(hash);
    expect(await hasher.verify(hash, password)).toBe(true);
    const bent = Buffer.from(password);
    bent[0] = (bent[0] ?? 0) ^ 1;
    expect(await hasher.verify(hash, bent)).toBe(false);
    expect(await hasher.verify(hash, Buffer.alloc(0))).toBe(false);
  });

  it("verifies hashes of other parameters", async () => {
    const hasher = await Argon2Hasher.create(random);
    // A vector of the reference implementation (test.c of phc-winner-argon2).
    const hash = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    expect(await hasher.verify(hash, Buffer.from("password"))).toBe(true);
    expect(await hasher.verify(hash, Buffer.from("Password"))).toBe(false);
  });

  it("takes octets that are no text for a wrong password, after the same work", async () => {
    const hasher = await Argon2Hasher.create(random);
    const ofNothing = await hasher.hash(new Uint8Array(0));
    for (const octets of [Buffer.from("h\xf6rse", "latin1"), Uint8Array.of(0xff), Buffer.alloc(128, 0x80)]) {
      expect(await hasher.verify(hasher.decoy, octets)).toBe(false);
      expect(await hasher.verify(ofNothing, octets)).toBe(false);
    }
    await expect(hasher.verify("no hash", Uint8Array.of(0xff))).rejects.toThrow(/hash|decod/i);
  });

  it("has a decoy that costs the same and that nobody can guess", async () => {
    const [one, other] = [await Argon2Hasher.create(random), await Argon2Hasher.create(random)];
    expect(one.decoy).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one.decoy).not.toBe(other.decoy);
    expect(await one.verify(one.decoy, Buffer.alloc(0))).toBe(false);
  });

  it("refuses what comes beyond its queue, and goes on when there is room, a failed one counted out", async () => {
    const hasher = await Argon2Hasher.create(random, { maxRunning: 1, maxWaiting: 1 });
    const running = hasher.verify(hasher.decoy, password);
    const waiting = hasher.verify("no hash", password);
    await expect(hasher.verify(hasher.decoy, password)).rejects.toBeInstanceOf(HashesBusy);
    expect(await running).toBe(false);
    await expect(waiting).rejects.toThrow(/hash|decod/i);
    expect(await hasher.verify(hasher.decoy, password)).toBe(false);
  });

  it("lets a client's flood wait for itself, and takes another client next", async () => {
    const hasher = await Argon2Hasher.create(random, { maxRunning: 1, maxWaiting: 8 });
    const ended: string[] = [];
    const verify = (client: string) => hasher.verify(hasher.decoy, password, client).then(() => ended.push(client));
    const flood = Array.from({ length: 9 }, () => verify("flood"));
    const settled = Promise.allSettled([...flood, verify("vpn")]);
    expect((await settled).map(({ status }) => status === "fulfilled")).toEqual([
      ...Array(5).fill(true),
      ...Array(4).fill(false),
      true,
    ]);
    expect(ended.indexOf("vpn")).toBeLessThanOrEqual(2);
  });

  it("leaves the event loop free", async () => {
    const hasher = await Argon2Hasher.create(random);
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 1);
    await Promise.all(Array.from({ length: 16 }, () => hasher.verify(hasher.decoy, password)));
    clearInterval(turning);
    expect(turns).toBeGreaterThan(1);
  });
});
