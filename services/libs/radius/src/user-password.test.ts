import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeUtf8, decryptUserPassword, encryptUserPassword, isMalformed, SharedSecret } from "./index.js";
import { withBitTurned } from "./testing/forge.js";

const SECRET = new SharedSecret("testing123");
const AUTHENTICATOR = new Uint8Array(16).fill(7);

describe("User-Password", () => {
  it("comes back for every password without NUL at its end", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 128 }),
        fc.uint8Array({ minLength: 1, maxLength: 100 }),
        (password, key) => {
          fc.pre(password.at(-1) !== 0);
          const secret = new SharedSecret(key);
          const hidden = encryptUserPassword(password, secret, AUTHENTICATOR);
          expect(decryptUserPassword(hidden as Uint8Array, secret, AUTHENTICATOR)).toEqual(password);
        },
      ),
    );
  });

  it("keeps NULs inside and loses those at the end", () => {
    const hidden = encryptUserPassword(Buffer.from("a\0b\0\0"), SECRET, AUTHENTICATOR);
    expect(decryptUserPassword(hidden as Uint8Array, SECRET, AUTHENTICATOR)).toEqual(Uint8Array.from([97, 0, 98]));
  });

  it("is another password when one bit, the secret or the authenticator differs", () => {
    const hidden = encryptUserPassword(Buffer.from("correct horse"), SECRET, AUTHENTICATOR) as Uint8Array;
    const clear = decryptUserPassword(hidden, SECRET, AUTHENTICATOR);
    expect(decryptUserPassword(withBitTurned(hidden, 3), SECRET, AUTHENTICATOR)).not.toEqual(clear);
    expect(decryptUserPassword(hidden, new SharedSecret("testing124"), AUTHENTICATOR)).not.toEqual(clear);
    expect(decryptUserPassword(hidden, SECRET, withBitTurned(AUTHENTICATOR, 0))).not.toEqual(clear);
  });

  it.each([0, 1, 15, 17, 127, 129, 144, 253])("is malformed with %i octets", (length) => {
    expect(decryptUserPassword(new Uint8Array(length), SECRET, AUTHENTICATOR)).toEqual({
      malformed: "user-password-length",
    });
  });

  it("cannot hide more than 128 octets", () => {
    expect(isMalformed(encryptUserPassword(new Uint8Array(129), SECRET, AUTHENTICATOR))).toBe(true);
  });

  it("throws for an authenticator that is none", () => {
    expect(() => encryptUserPassword(Buffer.from("x"), SECRET, AUTHENTICATOR.subarray(1))).toThrow(RangeError);
    expect(() => decryptUserPassword(new Uint8Array(16), SECRET, new Uint8Array(17))).toThrow(RangeError);
  });
});

describe("decodeUtf8", () => {
  it("reads UTF-8, keeps a byte order mark, and mends nothing", () => {
    expect(decodeUtf8(Buffer.from("Grüße"))).toBe("Grüße");
    expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\uFEFFa");
    expect(decodeUtf8(Uint8Array.of(0x61, 0xff))).toBeUndefined();
    expect(decodeUtf8(Uint8Array.of(0xc0, 0xaf))).toBeUndefined();
    expect(decodeUtf8(Uint8Array.of(0xed, 0xa0, 0x80))).toBeUndefined();
  });
});
