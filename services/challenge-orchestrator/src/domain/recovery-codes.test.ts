import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CODE_RANDOM_BYTES, recoveryCodeOf, typedRecoveryCode } from "./recovery-codes.js";

describe("recoveryCodeOf", () => {
  it("writes groups that a person can read, each time others", () => {
    const codes = Array.from({ length: 500 }, () => recoveryCodeOf(randomBytes(CODE_RANDOM_BYTES)));
    for (const code of codes) expect(code).toMatch(/^[a-hj-km-np-z2-9]{4}-[a-hj-km-np-z2-9]{4}-[a-hj-km-np-z2-9]{4}$/);
    expect(new Set(codes).size).toBe(500);
  });

  it("gives every letter the same chance", () => {
    const codes = Array.from({ length: 4_000 }, () => recoveryCodeOf(randomBytes(CODE_RANDOM_BYTES)));
    const counts = new Map<string, number>();
    for (const letter of codes.join("").replaceAll("-", "")) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    const mean = (4_000 * 12) / counts.size;
    expect(counts.size).toBe(31);
    // Six standard deviations.
    for (const count of counts.values()) expect(Math.abs(count - mean)).toBeLessThan(6 * Math.sqrt(mean));
  });

  it("makes none of bytes that would favour some letters", () => {
    expect(() => recoveryCodeOf(new Uint8Array(CODE_RANDOM_BYTES).fill(255))).toThrow("fair");
  });
});

describe("typedRecoveryCode", () => {
  it("reads what people make of it", () => {
    for (const typed of ["k7mn-9rt2-xw4p", " K7MN 9RT2 XW4P ", "k7mn9rt2xw4p", "k7mn–9rt2—xw4p"]) {
      expect(typedRecoveryCode(typed)).toBe("k7mn9rt2xw4p");
    }
  });

  it.each(["", "k7mn-9rt2-xw4", "k7mn-9rt2-xw4pp", "k7mn-9rt2-xw41", "123456", "k7mn_9rt2_xw4p"])(
    "takes %j for none",
    (typed) => {
      expect(typedRecoveryCode(typed)).toBeUndefined();
    },
  );
});
