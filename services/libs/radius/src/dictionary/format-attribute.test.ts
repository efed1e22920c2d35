import { describe, expect, it } from "vitest";
import {
  attributeName,
  codeName,
  formatAttribute,
  integerAttribute,
  ipv4Attribute,
  textAttribute,
  vendorAttribute,
  vendorAttributeName,
} from "../index.js";

describe("names", () => {
  it("are those of the RFCs and vendors, else the number", () => {
    expect([codeName(11), codeName(99)]).toEqual(["Access-Challenge", "Code-99"]);
    expect([attributeName(1), attributeName(80), attributeName(254)]).toEqual([
      "User-Name",
      "Message-Authenticator",
      "Attr-254",
    ]);
    expect([vendorAttributeName(311, 2), vendorAttributeName(9, 1), vendorAttributeName(99999, 3)]).toEqual([
      "MS-CHAP-Error",
      "Cisco-AVPair",
      "Vendor-99999-Attr-3",
    ]);
  });
});

describe("formatAttribute", () => {
  it("prints text, numbers, enumerations and addresses by type", () => {
    expect(textAttribute(18, "Grüße 🔑").map(formatAttribute)).toEqual([{ name: "Reply-Message", value: "Grüße 🔑" }]);
    expect(formatAttribute(integerAttribute(27, 30))).toEqual({ name: "Session-Timeout", value: "30" });
    expect(formatAttribute(integerAttribute(5, 0x41414141))).toEqual({ name: "NAS-Port", value: "1094795585" });
    expect(formatAttribute(integerAttribute(6, 2))).toEqual({ name: "Service-Type", value: "Framed-User" });
    expect(formatAttribute(ipv4Attribute(8, "10.0.0.7"))).toEqual({ name: "Framed-IP-Address", value: "10.0.0.7" });
    expect(formatAttribute({ type: 55, value: Uint8Array.of(0, 0, 0, 0) }).value).toBe("1970-01-01T00:00:00.000Z");
  });

  it("prints as hex what is no text, turns the line or its direction, or does not fit its type", () => {
    expect(formatAttribute({ type: 25, value: Uint8Array.of(0, 255) }).value).toBe("0x00ff");
    expect(formatAttribute({ type: 18, value: Uint8Array.of(0x61, 0xff) }).value).toBe("0x61ff");
    expect(formatAttribute({ type: 18, value: Buffer.from("a\nb\u001b[2J") }).value).toMatch(/^0x/);
    expect(formatAttribute({ type: 18, value: Buffer.from("a\u202eb") }).value).toMatch(/^0x/);
    expect(formatAttribute({ type: 27, value: Uint8Array.of(1) }).value).toBe("0x01");
    expect(formatAttribute({ type: 254, value: new Uint8Array() }).value).toBe("");
  });

  it.each([2, 3, 69, 70, 79])("redacts attribute %i", (type) => {
    expect(formatAttribute({ type, value: Buffer.from("secret of sixteen") }).value).toBe("[redacted]");
  });

  it.each([
    [311, 1],
    [311, 12],
    [311, 16],
    [311, 17],
    [311, 25],
    [529, 214],
    [24757, 5],
  ])("redacts attribute %i of vendor %i", (vendorId, vendorType) => {
    const printed = formatAttribute(vendorAttribute(vendorId, vendorType, Buffer.from("key")));
    expect(printed.value).toBe("[redacted]");
  });

  it("redacts the strange form of a vendor that has secrets", () => {
    // Lucent's types are two octets long, so that its secrets do not parse.
    const lucent = Uint8Array.of(0, 0, 0x12, 0xee, 0, 214, 6, 1, 2, 3, 4);
    expect(formatAttribute({ type: 26, value: lucent })).toEqual({ name: "Vendor-4846", value: "[redacted]" });
  });

  it("names a vendor's attribute, and several in one", () => {
    expect(formatAttribute(vendorAttribute(311, 2, Buffer.from("E=691")))).toEqual({
      name: "MS-CHAP-Error",
      value: "E=691",
    });
    const several = Uint8Array.of(0, 0, 1, 55, 2, 3, 69, 7, 6, 0, 0, 0, 1, 16, 3, 1);
    expect(formatAttribute({ type: 26, value: several })).toEqual({
      name: "Vendor-Specific",
      value: "MS-CHAP-Error = E, MS-MPPE-Encryption-Policy = 1, MS-MPPE-Send-Key = [redacted]",
    });
    expect(formatAttribute({ type: 26, value: Uint8Array.of(1, 2) })).toEqual({
      name: "Vendor-Specific",
      value: "0x0102",
    });
  });
});
