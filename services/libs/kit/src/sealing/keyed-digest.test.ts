import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { freshKeyRing } from "../test-platform.contract.js";
import { KeyedDigest } from "./keyed-digest.js";

describe("KeyedDigest", () => {
  const key = freshKeyRing().digest;
  const digest = new KeyedDigest(key);

  it("is HMAC-SHA256 over the purpose and the parts with their lengths, cut to 16 bytes", () => {
    const bytes = Buffer.concat([Buffer.from("user key\0"), Buffer.from([0, 0, 0, 5]), Buffer.from("alice")]);
    const expected = createHmac("sha256", key).update(bytes).digest("hex").slice(0, 32);
    expect(digest.hex("user key", "alice")).toBe(expected);
    expect(digest.hex("user key", Buffer.from("alice"))).toBe(expected);
  });

  it("tells apart what only looks the same when its parts are joined", () => {
    const all = [
      digest.hex("a", "bc", "d"),
      digest.hex("a", "b", "cd"),
      digest.hex("a", "bcd"),
      digest.hex("a", "", "bcd"),
      digest.hex("a", "bcd", ""),
      digest.hex("ab", "cd"),
      digest.hex("a"),
      digest.hex("a", ""),
      digest.hex("a", "\0\0\0\u0001b"),
      new KeyedDigest(freshKeyRing().digest).hex("a", "bc", "d"),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it("refuses a purpose that could reach into the parts", () => {
    expect(() => digest.hex("a\0b", "c")).toThrow("NUL");
  });
});
