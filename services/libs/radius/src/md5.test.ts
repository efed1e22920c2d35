import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HmacMd5 } from "./hmac-md5.js";
import { MESSAGE_BYTES, md5 } from "./md5.js";

const RUNS = 500;

describe("MD5", () => {
  // RFC 1321 appendix A.5.
  it.each([
    ["", "d41d8cd98f00b204e9800998ecf8427e"],
    ["a", "0cc175b9c0f1b6a831c399e269772661"],
    ["abc", "900150983cd24fb0d6963f7d28e17f72"],
    ["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
    ["abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"],
    ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"],
    ["1234567890".repeat(8), "57edf4a22be3c955ac49da2e2107b67a"],
  ])("of %j is that of RFC 1321", (text, digest) => {
    expect(hex(md5(Buffer.from(text)))).toBe(digest);
  });

  it("is that of node:crypto at every length around the blocks", () => {
    for (let length = 0; length <= 200; length++) {
      const message = Buffer.alloc(length, 0xa5);
      expect(hex(md5(message))).toBe(createHash("md5").update(message).digest("hex"));
    }
  });

  it("is that of node:crypto for random messages, also beyond the workspace", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12_000, size: "max" }), (message) => {
        expect(hex(md5(message))).toBe(createHash("md5").update(message).digest("hex"));
      }),
      { numRuns: RUNS },
    );
  });
});

describe("HMAC-MD5", () => {
  // RFC 2202 section 2, cases 1, 2 and 6 (a key longer than a block).
  it.each([
    [Buffer.alloc(16, 0x0b), "Hi There", "9294727a3638bb1c13f48ef8158bfc9d"],
    [Buffer.from("Jefe"), "what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738"],
    [
      Buffer.alloc(80, 0xaa),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd",
    ],
  ])("with key %# is that of RFC 2202", (key, text, digest) => {
    expect(hex(new HmacMd5(key).digest(Buffer.from(text)))).toBe(digest);
  });

  it("is that of node:crypto for random keys and messages, and keeps its key between messages", () => {
    const octets = fc.uint8Array({ maxLength: 4096, size: "max" });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200, size: "max" }), octets, octets, (key, one, two) => {
        const hmac = new HmacMd5(key);
        for (const message of [one, two, one]) {
          expect(hex(hmac.digest(message))).toBe(createHmac("md5", key).update(message).digest("hex"));
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("refuses a message beyond its workspace", () => {
    const hmac = new HmacMd5(Buffer.from("key"));
    expect(() => hmac.digest(new Uint8Array(MESSAGE_BYTES + 1))).toThrow(RangeError);
  });
});

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString("hex");
}
