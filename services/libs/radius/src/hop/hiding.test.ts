import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SharedSecret } from "../shared-secret.js";
import { withBitTurned } from "../testing/forge.js";
import { saltedBody } from "../testing/hide-independently.js";
import { encryptUserPassword } from "../user-password.js";
import { hide, reveal } from "./hiding.js";

const TEXT = "xyzzy5461";
const AUTHENTICATOR = Uint8Array.from({ length: 16 }, (_, index) => index * 7);
const HOP = { secret: new SharedSecret(TEXT), requestAuthenticator: AUTHENTICATOR };
const SALT = Uint8Array.of(0x80, 0x01);
const ROOM = { roomBytes: 253, salt: 0x8001 };
const FAULT = { malformed: "hidden-length" };

function plainOf(value: string, paddedBytes: number, padding = 0): Buffer {
  const plain = Buffer.alloc(paddedBytes, padding);
  plain[0] = value.length;
  plain.set(Buffer.from(value), 1);
  return plain;
}

function salted(plain: Uint8Array): Buffer {
  return saltedBody({ secret: TEXT, authenticator: AUTHENTICATOR, salt: SALT, plain });
}

describe("a salted value", () => {
  it("is what RFC 2868 section 3.5 says, in one block and in several", () => {
    for (const [value, paddedBytes] of [
      ["", 16],
      ["ipsec", 16],
      ["fifteen octets.", 16],
      ["k".repeat(32), 48],
    ] as const) {
      const hidden = salted(plainOf(value, paddedBytes));
      expect(hide(Buffer.from(value), "salted", { ...HOP, ...ROOM })).toEqual(new Uint8Array(hidden));
      expect(Buffer.from(reveal(hidden, "salted", HOP) as Uint8Array).toString()).toBe(value);
    }
  });

  it("keeps its tag in clear in front", () => {
    const hidden = Buffer.concat([Uint8Array.of(0x1f), salted(plainOf("tunnel", 16))]);
    const clear = Uint8Array.from([0x1f, ...Buffer.from("tunnel")]);
    expect(reveal(hidden, "tagged-salted", HOP)).toEqual(clear);
    expect(hide(clear, "tagged-salted", { ...HOP, ...ROOM })).toEqual(new Uint8Array(hidden));
  });

  it("goes by its length octet, whatever the padding holds and however much there is", () => {
    expect(reveal(salted(plainOf("key", 48, 0xa5)), "salted", HOP)).toEqual(new Uint8Array(Buffer.from("key")));
  });

  it("is Malformed when the length octet says more than there is, or there is none", () => {
    const plain = plainOf("", 16);
    plain[0] = 15;
    expect(reveal(salted(plain), "salted", HOP)).toHaveLength(15);
    plain[0] = 16;
    expect(reveal(salted(plain), "salted", HOP)).toEqual(FAULT);
    expect(reveal(SALT, "salted", HOP)).toEqual(FAULT);
    expect(reveal(new Uint8Array(), "salted", HOP)).toEqual(FAULT);
    expect(reveal(new Uint8Array(3), "tagged-salted", HOP)).toEqual(FAULT);
  });

  it("does not come back with one bit wrong in salt, value, secret or authenticator", () => {
    const hidden = salted(plainOf("k".repeat(32), 48));
    const right = reveal(hidden, "salted", HOP);
    for (const at of [0, 1, 3, 20, 34]) {
      expect(reveal(withBitTurned(hidden, at), "salted", HOP)).not.toEqual(right);
    }
    expect(reveal(hidden, "salted", { ...HOP, secret: new SharedSecret(`${TEXT}.`) })).not.toEqual(right);
    const requestAuthenticator = withBitTurned(AUTHENTICATOR, 15);
    expect(reveal(hidden, "salted", { ...HOP, requestAuthenticator })).not.toEqual(right);
  });

  it("fills the room to its last octet as FreeRADIUS does, and is Malformed beyond", () => {
    const clear = new Uint8Array(250).fill(7);
    const hidden = hide(clear, "tagged-salted", { ...HOP, ...ROOM }) as Uint8Array;
    expect(hidden).toHaveLength(253);
    expect(reveal(hidden, "tagged-salted", HOP)).toEqual(clear);
    expect(hide(new Uint8Array(251), "tagged-salted", { ...HOP, ...ROOM })).toEqual(FAULT);
    expect(hide(new Uint8Array(0), "tagged-salted", { ...HOP, ...ROOM })).toEqual(FAULT);
  });
});

describe("a value hidden as a password", () => {
  it("is what User-Password is, but keeps every octet", () => {
    const keys = Uint8Array.from([...new Uint8Array(24).fill(9), ...new Uint8Array(8)]);
    const hidden = hide(keys, "password", { ...HOP, ...ROOM });
    expect(hidden).toEqual(encryptUserPassword(keys, HOP.secret, AUTHENTICATOR));
    expect(reveal(hidden as Uint8Array, "password", HOP)).toEqual(keys);
  });

  it("is Malformed unless its octets are blocks of 16", () => {
    for (const lengthBytes of [0, 15, 24, 33]) {
      expect(reveal(new Uint8Array(lengthBytes), "password", HOP)).toEqual(FAULT);
      expect(hide(new Uint8Array(lengthBytes), "password", { ...HOP, ...ROOM })).toEqual(FAULT);
    }
  });
});

describe("Ascend's secret", () => {
  it("is xor MD5(Request Authenticator, secret), both ways", () => {
    const mask = createHash("md5").update(AUTHENTICATOR).update(TEXT).digest();
    const clear = Uint8Array.from({ length: 16 }, (_, index) => index);
    const hidden = clear.map((octet, index) => octet ^ (mask[index] ?? 0));
    expect(reveal(hidden, "ascend", HOP)).toEqual(clear);
    expect(hide(clear, "ascend", { ...HOP, ...ROOM })).toEqual(hidden);
  });

  it("passes as it is when it has another length", () => {
    expect(reveal(Uint8Array.of(1, 2, 3), "ascend", HOP)).toEqual(Uint8Array.of(1, 2, 3));
    expect(hide(new Uint8Array(17), "ascend", { ...HOP, ...ROOM })).toEqual(new Uint8Array(17));
  });
});

describe("whatever comes", () => {
  const hidings = fc.constantFrom("password", "salted", "tagged-salted", "ascend");

  it("is revealed or named Malformed, and can be hidden again", () => {
    fc.assert(
      fc.property(hidings, fc.uint8Array({ maxLength: 253 }), fc.nat(0x7fff), (hiding, hidden, salt) => {
        const clear = reveal(hidden, hiding, HOP);
        if ("malformed" in clear) return;
        const again = hide(clear, hiding, { ...HOP, salt: 0x8000 | salt, roomBytes: 253 });
        expect((again as Uint8Array).length).toBeLessThanOrEqual(Math.max(hidden.length, 19));
        expect(reveal(again as Uint8Array, hiding, HOP)).toEqual(clear);
      }),
      { numRuns: 2000 },
    );
  });
});
