import { createSecretKey, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { PooledRandom } from "../random.js";
import { freshKeyRing } from "../test-platform.contract.js";
import { Unavailable } from "../unavailable.js";
import type { KeyRing } from "./key-ring.js";
import { keyIdOf, SEAL_OVERHEAD_BYTES, Sealer, UnknownKey } from "./sealer.js";

const random = new PooledRandom();
const PLACE = "portcullis.login-requested.v1 password 0123";
const plain = Buffer.from("correct horse");

describe("Sealer", () => {
  const ring = freshKeyRing();
  const sealer = new Sealer(ring, random);

  it("opens what another process sealed under the same ring", () => {
    const sealed = new Sealer(ring, random).seal(plain, PLACE);
    expect(sealed).toHaveLength(plain.length + SEAL_OVERHEAD_BYTES);
    expect(sealed.includes(plain)).toBe(false);
    expect(sealer.open(sealed, PLACE)).toEqual(plain);
    expect(sealer.open(sealed, PLACE)).toEqual(plain);
  });

  it("opens an empty text, and one that lies within a larger buffer", () => {
    expect(sealer.open(sealer.seal(Buffer.alloc(0), PLACE), PLACE)).toEqual(Buffer.alloc(0));
    const around = Buffer.concat([randomBytes(7), sealer.seal(plain, PLACE), randomBytes(7)]);
    expect(sealer.open(new Uint8Array(around.buffer, around.byteOffset + 7, around.length - 14), PLACE)).toEqual(plain);
  });

  it("opens nothing with any one bit wrong; a wrong key id is a key that we do not have", () => {
    const sealed = sealer.seal(plain, PLACE);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const wrong = Buffer.from(sealed);
      const at = bit >> 3;
      wrong.writeUInt8(wrong.readUInt8(at) ^ (1 << (bit & 7)), at);
      if (at >= 1 && at <= 4) expect(() => sealer.open(wrong, PLACE), `bit ${bit}`).toThrow(UnknownKey);
      else expect(sealer.open(wrong, PLACE), `bit ${bit}`).toBeUndefined();
    }
  });

  it("opens nothing that was cut, lengthened, moved elsewhere or never sealed", () => {
    const sealed = sealer.seal(plain, PLACE);
    for (let length = 0; length < sealed.length; length++) {
      expect(sealer.open(sealed.subarray(0, length), PLACE)).toBeUndefined();
    }
    expect(sealer.open(Buffer.concat([sealed, Buffer.alloc(1)]), PLACE)).toBeUndefined();
    expect(sealer.open(sealed, PLACE.replace("0123", "0124"))).toBeUndefined();
    expect(sealer.open(sealed, "")).toBeUndefined();
    expect(sealer.open(Buffer.alloc(0), PLACE)).toBeUndefined();
  });

  it("opens nothing of another installation with the same key id", () => {
    expect(new Sealer(freshKeyRing(), random).open(sealer.seal(plain, PLACE), PLACE)).toBeUndefined();
  });

  it("waits for a key that is new to us, and opens the old one's records after the rotation", () => {
    const added = createSecretKey(randomBytes(32));
    const rotated: KeyRing = { ...ring, active: 2, sealing: new Map([...ring.sealing, [2, added]]) };
    const after = new Sealer(rotated, random);
    expect(after.open(sealer.seal(plain, PLACE), PLACE)).toEqual(plain);
    const unknown = new UnknownKey("x");
    expect(unknown).toBeInstanceOf(Unavailable);
    expect(() => sealer.open(after.seal(plain, PLACE), PLACE)).toThrow(UnknownKey);
  });

  it("goes over to another key without a stop, and back, with no nonce used twice", () => {
    const second: KeyRing = { ...ring, sealing: new Map([...ring.sealing, [2, createSecretKey(randomBytes(32))]]) };
    const running = new Sealer(ring, random);
    const before = running.seal(plain, PLACE);
    running.take(second);
    const readable = running.seal(plain, PLACE);
    running.take({ ...second, active: 2 });
    const after = running.seal(plain, PLACE);
    expect([before, readable, after].map(keyIdOf)).toEqual([1, 1, 2]);
    expect(running.activeKey).toBe(2);
    for (const sealed of [before, readable, after]) expect(running.open(sealed, PLACE)).toEqual(plain);
    running.take(second);
    const nonces = [before, readable, after, running.seal(plain, PLACE)].map((sealed) => sealed.toString("hex", 1, 27));
    expect(new Set(nonces).size).toBe(4);
  });

  it("opens no more what a removed key sealed, also what it opened before", () => {
    const second = createSecretKey(randomBytes(32));
    const running = new Sealer(ring, random);
    const sealed = running.seal(plain, PLACE);
    expect(running.open(sealed, PLACE)).toEqual(plain);
    running.take({ ...ring, active: 2, sealing: new Map([[2, second]]) });
    expect(() => running.open(sealed, PLACE)).toThrow(UnknownKey);
  });

  it("stays as it is when a ring has no active key", () => {
    const running = new Sealer(ring, random);
    expect(() => running.take({ ...ring, active: 9 })).toThrow(UnknownKey);
    expect(running.open(running.seal(plain, PLACE), PLACE)).toEqual(plain);
    expect(running.activeKey).toBe(ring.active);
  });

  it("tells under which key something was sealed, and nothing of what was not", () => {
    const sealed = sealer.seal(plain, PLACE);
    expect(keyIdOf(sealed)).toBe(1);
    expect(keyIdOf(sealed.subarray(0, SEAL_OVERHEAD_BYTES - 1))).toBeUndefined();
    expect(keyIdOf(Buffer.alloc(80))).toBeUndefined();
  });

  it("never seals twice with the same subkey and nonce", () => {
    const seen = new Set<string>();
    for (const process of [new Sealer(ring, random), new Sealer(ring, random)]) {
      for (let message = 0; message < 500; message++) seen.add(process.seal(plain, PLACE).toString("hex", 5, 27));
    }
    expect(seen.size).toBe(1_000);
  });
});
