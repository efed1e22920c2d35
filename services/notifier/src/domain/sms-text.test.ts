import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_PARTS, smsPartsOf } from "./sms-text.js";

describe("smsPartsOf", () => {
  it.each([
    ["a".repeat(160), "gsm7", [160]],
    ["a".repeat(161), "gsm7", [153, 8]],
    [`${"a".repeat(158)}€`, "gsm7", [159]],
    [`${"a".repeat(159)}€`, "gsm7", [153, 7]],
    [`${"a".repeat(152)}€${"b".repeat(20)}`, "gsm7", [152, 21]],
    ["あ".repeat(70), "ucs2", [70]],
    ["あ".repeat(71), "ucs2", [67, 4]],
    [`${"あ".repeat(66)}😀${"い".repeat(9)}`, "ucs2", [66, 11]],
    ["ç", "ucs2", [1]],
  ])("%#: so long, so coded, so many parts", (text, coding, lengths) => {
    const { coding: chosen, parts } = smsPartsOf(text);
    expect([chosen, parts.map((part) => part.length)]).toEqual([coding, lengths]);
  });

  it("loses nothing of what fits, and cuts no character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
        const { parts } = smsPartsOf(text);
        expect(text.startsWith(parts.join(""))).toBe(true);
        if (parts.length < MAX_PARTS) expect(parts.join("")).toBe(text);
        for (const part of parts) expect(part.isWellFormed()).toBe(true);
      }),
    );
  });
});
