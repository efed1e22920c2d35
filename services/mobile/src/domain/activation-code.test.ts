import { PooledRandom } from "@portcullis/kit";
import { describe, expect, it } from "vitest";
import { makeActivationCode, readActivationCode, shownCode } from "./activation-code.js";

const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

describe("activation codes", () => {
  it("use the whole alphabet, each character about as often", () => {
    const random = new PooledRandom();
    const counts = new Map<string, number>();
    for (let made = 0; made < 3_000; made++) {
      for (const character of makeActivationCode(random)) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted().join("")).toBe(ALPHABET);
    // A thousand of each: six standard deviations are 186.
    for (const [character, count] of counts) expect(Math.abs(count - 1_000), character).toBeLessThan(186);
  });

  it("leave out bytes that would favour the first characters", () => {
    const drawn = [Buffer.alloc(16, 0xff), Buffer.from(Array.from({ length: 16 }, (_, at) => at))];
    const random = { bytes: () => drawn.shift() ?? Buffer.alloc(16), fraction: () => 0 };
    expect(makeActivationCode(random)).toBe("23456789AB");
  });

  it("are read as people type them, and nothing else is", () => {
    const code = readActivationCode("7xk2m-9qrtb");
    expect(code && shownCode(code)).toBe("7XK2M-9QRTB");
    expect(readActivationCode(" 7XK2 M9Q-RTB ")).toBe(code);
    for (const text of ["", "7XK2M-9QRT", "7XK2M-9QRTBB", "7XK2M-9QRT0", "7XK2M-9QRTI", "7XK2M/9QRTB"]) {
      expect(readActivationCode(text), text).toBeUndefined();
    }
  });
});
