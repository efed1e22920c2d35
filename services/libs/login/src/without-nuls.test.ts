import { PooledRandom } from "@portcullis/kit";
import { describe, expect, it } from "vitest";
import { readWithoutNuls, writeWithoutNuls } from "./without-nuls.js";

const octets = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe("octets without NULs", () => {
  it.each([
    [octets(), octets(1)],
    [octets(7), octets(2, 7)],
    [octets(0), octets(1, 1)],
    [octets(1, 0, 0, 9), octets(2, 1, 1, 2, 9)],
    [octets(8, 9, 0), octets(3, 8, 9, 1)],
  ])("say how far each NUL is: %j", (plain, written) => {
    expect(writeWithoutNuls(plain)).toEqual(written);
    expect(readWithoutNuls(written)).toEqual(plain);
  });

  it("come back whatever they are, up to 253 of them", () => {
    const random = new PooledRandom();
    for (let length = 0; length <= 253; length++) {
      // Few different values: many NULs.
      const plain = Uint8Array.from(random.bytes(length), (octet) => octet % 5);
      const written = writeWithoutNuls(plain);
      expect([written.length, written.includes(0)]).toEqual([length + 1, false]);
      expect(readWithoutNuls(written)).toEqual(plain);
    }
    const full = new Uint8Array(253).fill(255);
    expect(readWithoutNuls(writeWithoutNuls(full))).toEqual(full);
    expect(() => writeWithoutNuls(new Uint8Array(254))).toThrow(RangeError);
  });

  it("are read from a part of a packet, which stays as it is", () => {
    const packet = Buffer.from([9, 2, 1, 1, 2, 9]);
    expect(readWithoutNuls(packet.subarray(1))).toEqual(octets(1, 0, 0, 9));
    expect(packet).toEqual(Buffer.from([9, 2, 1, 1, 2, 9]));
  });

  it.each([
    ["nothing", octets()],
    ["a NUL", octets(2, 0)],
    ["a distance beyond the end", octets(4, 1, 2)],
    ["a distance beyond the end, later", octets(2, 1, 3, 1)],
  ])("are nothing with %s", (_what, written) => {
    expect(readWithoutNuls(written)).toBeUndefined();
  });
});
