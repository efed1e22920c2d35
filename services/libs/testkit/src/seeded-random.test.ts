import { describe, expect, it } from "vitest";
import { seededRandom } from "./seeded-random.js";

const silent = () => undefined;

describe("seededRandom", () => {
  it("gives Mulberry32's sequence for a seed", () => {
    const random = seededRandom(42, silent);
    expect([random.next(), random.next(), random.next()].map((x) => x.toFixed(12))).toEqual([
      "0.601103751920",
      "0.448290558998",
      "0.852465793490",
    ]);
  });

  it("repeats itself with the same seed and differs with another", () => {
    const [one, two, other] = [seededRandom(7, silent), seededRandom(7, silent), seededRandom(8, silent)];
    const drawn = one.bytes(16);
    expect(two.bytes(16)).toEqual(drawn);
    expect(other.bytes(16)).not.toEqual(drawn);
  });

  it("prints the seed", () => {
    const lines: string[] = [];
    const random = seededRandom(undefined, (line) => lines.push(line));
    expect(lines).toEqual([`random seed ${random.seed} (repeat with TEST_SEED=${random.seed})\n`]);
  });

  it("stays within the ends, reaches both, and keeps every value when shuffling", () => {
    const random = seededRandom(1, silent);
    const drawn = Array.from({ length: 200 }, () => random.between(3, 5));
    expect(new Set(drawn)).toEqual(new Set([3, 4, 5]));
    expect(random.shuffled([1, 2, 3, 4]).sort((a, b) => a - b)).toEqual([1, 2, 3, 4]);
    expect(() => random.pick([])).toThrow("nothing to pick from");
    expect(() => seededRandom(-1, silent)).toThrow("not a 32-bit seed");
  });
});
