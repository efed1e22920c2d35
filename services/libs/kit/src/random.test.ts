import { describe, expect, it } from "vitest";
import { PooledRandom } from "./random.js";

describe("PooledRandom", () => {
  it("gives bytes of any length, none of them twice, across the end of its pool", () => {
    const random = new PooledRandom();
    const drawn = Array.from({ length: 4_000 }, (_, index) => random.bytes(16 + (index % 7)));
    expect(drawn.map((bytes) => bytes.length)).toEqual(drawn.map((_, index) => 16 + (index % 7)));
    expect(new Set(drawn.map((bytes) => bytes.toString("hex", 0, 16))).size).toBe(4_000);
    const [one, two] = [random.bytes(32), random.bytes(32)];
    if (one.buffer === two.buffer) expect(two.byteOffset).toBeGreaterThanOrEqual(one.byteOffset + 32);
    expect(random.bytes(0)).toHaveLength(0);
    expect(random.bytes(20_000)).toHaveLength(20_000);
    expect(random.bytes(16_384)).toHaveLength(16_384);
  });

  it("refuses a length that would give bytes out again", () => {
    const random = new PooledRandom();
    for (const length of [-1, 1.5, Number.NaN]) expect(() => random.bytes(length)).toThrow(RangeError);
  });

  it("gives fractions below one", () => {
    const random = new PooledRandom();
    for (let draw = 0; draw < 100; draw++) expect(Math.floor(random.fraction())).toBe(0);
  });
});
