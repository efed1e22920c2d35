import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AttributeType,
  Code,
  decode,
  decodeUtf8,
  eapFailureFor,
  eapMessageAttributes,
  eapMessageOf,
  integerAttribute,
  ipv4Attribute,
  isMalformed,
  octetsAttribute,
  type Packet,
  proxyStateAttribute,
  stateAttribute,
  textAttribute,
  vendorAttribute,
} from "./index.js";
import { rawAttribute, rawPacket } from "./testing/forge.js";
import { vendorAttributesOf } from "./vendor-attribute.js";

describe("textAttribute", () => {
  it("splits at 253 octets and never inside a character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 600, size: "max" }), (text) => {
        const parts = textAttribute(AttributeType.ReplyMessage, text);
        expect(parts.every(({ value }) => value.length > 0 && value.length <= 253)).toBe(true);
        expect(parts.map(({ value }) => decodeUtf8(value)).join("")).toBe(text.toWellFormed());
      }),
    );
  });

  it("fills an attribute as far as a character allows", () => {
    expect(textAttribute(18, "x".repeat(254)).map(({ value }) => value.length)).toEqual([253, 1]);
    expect(textAttribute(18, `${"x".repeat(251)}€`).map(({ value }) => value.length)).toEqual([251, 3]);
    expect(textAttribute(18, "")).toEqual([]);
  });
});

describe("builders", () => {
  it("write numbers and addresses most significant octet first", () => {
    expect([...integerAttribute(27, 0x01020304).value]).toEqual([1, 2, 3, 4]);
    expect([...integerAttribute(27, 0xffffffff).value]).toEqual([255, 255, 255, 255]);
    expect([...ipv4Attribute(4, "192.168.1.16").value]).toEqual([192, 168, 1, 16]);
  });

  it("throw for what cannot be", () => {
    expect(() => integerAttribute(27, -1)).toThrow(RangeError);
    expect(() => integerAttribute(27, 2 ** 32)).toThrow(RangeError);
    expect(() => ipv4Attribute(4, "::1")).toThrow(RangeError);
    expect(() => octetsAttribute(0, new Uint8Array(1))).toThrow(RangeError);
    expect(() => octetsAttribute(25, new Uint8Array(254))).toThrow(RangeError);
    expect(() => stateAttribute(new Uint8Array())).toThrow(RangeError);
    expect(() => proxyStateAttribute(new Uint8Array())).toThrow(RangeError);
    expect(() => vendorAttribute(9, 256, new Uint8Array())).toThrow(RangeError);
    expect(() => vendorAttribute(2 ** 32, 1, new Uint8Array())).toThrow(RangeError);
    expect(() => vendorAttribute(9, 1, new Uint8Array(248))).toThrow(RangeError);
  });
});

describe("vendor attributes", () => {
  it("come back, also with a vendor number that has its high bit set", () => {
    for (const vendorId of [9, 311, 0x00ffffff, 0xffffffff]) {
      const { value } = vendorAttribute(vendorId, 2, Buffer.from("E=691"));
      expect(vendorAttributesOf(value)).toEqual([
        { vendorId, vendorType: 2, value: Uint8Array.from(Buffer.from("E=691")) },
      ]);
    }
  });

  it("of several in one Vendor-Specific are found, each", () => {
    const value = Uint8Array.of(0, 0, 1, 55, 1, 3, 65, 2, 2, 1, 3, 66);
    const packet = packetOf(rawPacket(Code.AccessRequest, [rawAttribute(26, value)]));
    expect(packet.allVendor(311, 1).map((one) => one[0])).toEqual([65, 66]);
    expect(packet.firstVendor(311, 2)).toEqual(Buffer.alloc(0));
    expect(packet.firstVendor(9, 1)).toBeUndefined();
  });

  it.each([
    ["nothing behind the vendor", [0, 0, 1, 55], 311],
    ["a length that overruns", [0, 0, 1, 55, 1, 4, 65], 311],
    ["a length of 1", [0, 0, 1, 55, 1, 1], 311],
    ["a leftover octet", [0, 0, 1, 55, 1, 2, 9], 311],
    ["less than a vendor number", [1, 2], undefined],
  ])("with %s stay opaque", (_name, octets, vendorId) => {
    const [only, ...more] = vendorAttributesOf(Uint8Array.from(octets));
    expect(more).toEqual([]);
    expect(only).toMatchObject({ vendorId, opaque: Uint8Array.from(octets.slice(vendorId === undefined ? 0 : 4)) });
  });
});

describe("EAP", () => {
  it.each([0, 1, 253, 254, 1000])("of %i octets comes back joined", (length) => {
    const eap = Uint8Array.from({ length }, (_, index) => index);
    const parts = eapMessageAttributes(eap).map(({ type, value }) => rawAttribute(type, value));
    expect(eapMessageOf(packetOf(rawPacket(Code.AccessRequest, parts)))).toEqual(eap);
  });

  it("is answered with EAP-Failure of its Identifier, RFC 3748 section 4.2", () => {
    const response = rawPacket(Code.AccessRequest, [rawAttribute(79, Uint8Array.of(2, 57, 0, 6, 1, 97))]);
    expect(eapFailureFor(packetOf(response))).toEqual([{ type: 79, value: Uint8Array.of(4, 57, 0, 4) }]);
    const start = rawPacket(Code.AccessRequest, [rawAttribute(79, "")]);
    expect(eapFailureFor(packetOf(start))).toEqual([{ type: 79, value: Uint8Array.of(4, 0, 0, 4) }]);
    expect(eapFailureFor(packetOf(rawPacket(Code.AccessRequest, [])))).toEqual([]);
  });
});

function packetOf(octets: Uint8Array): Packet {
  const packet = decode(octets);
  if (isMalformed(packet)) {
    throw new Error(packet.malformed);
  }
  return packet;
}
