import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalBase32, decodeBase32, encodeBase32 } from "./base32.js";

const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString());

test.each([
  ["", ""],
  ["MY======", "f"],
  ["MZXQ====", "fo"],
  ["MZXW6===", "foo"],
  ["MZXW6YQ=", "foob"],
  ["MZXW6YTB", "fooba"],
  ["MZXW6YTBOI======", "foobar"],
  ["mzxw 6ytb oi", "foobar"],
])("RFC 4648 section 10: %s is %s", (encoded, decoded) => {
  expect(text(decodeBase32(encoded))).toBe(decoded);
});

test.each(["A", "ABC", "ABCDEF", "MZXW6YT1", "MZXW=6YTB", "MZXW-6YTB", "ÄÄ"])("%s is not base32", (encoded) => {
  expect(decodeBase32(encoded)).toBeUndefined();
});

test("every sequence of bytes comes back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const decoded = decodeBase32(encode(bytes));
      expect(decoded).toEqual(bytes);
      expect(encodeBase32(bytes)).toBe(encode(bytes));
      expect(canonicalBase32(encode(bytes).toLowerCase())).toBe(encode(bytes));
    }),
  );
});

/** By way of a text of bits, not of shifts as the code under test. */
function encode(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Number.parseInt(group.padEnd(5, "0"), 2)]).join("");
}
