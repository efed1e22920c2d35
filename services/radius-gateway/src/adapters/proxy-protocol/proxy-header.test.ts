import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { proxyHeader } from "../../testing/proxy-header.js";
import { MAX_HEADER_BYTES, parseProxyHeader } from "./proxy-header.js";

const ipv4 = { address: "192.0.2.7", port: 40_000 };
const ipv6 = { address: "2001:db8::7", port: 40_001 };
const tlv = Buffer.from("030004deadbeef", "hex");

/** A header with some octets changed. */
function changed(header: Buffer, change: (octets: Buffer) => void): Buffer {
  const octets = Buffer.from(header);
  change(octets);
  return octets;
}

describe("a header", () => {
  it.each([
    ["IPv4, datagram", proxyHeader({ source: ipv4, transport: "datagram" }), { source: ipv4, transport: "datagram" }],
    ["IPv6, datagram", proxyHeader({ source: ipv6, transport: "datagram" }), { source: ipv6, transport: "datagram" }],
    ["IPv4, stream", proxyHeader({ source: ipv4 }), { source: ipv4, transport: "stream" }],
    ["with TLVs", proxyHeader({ source: ipv4, tlvs: Buffer.concat([tlv, tlv]) }), { source: ipv4 }],
    [
      "IPv4 inside IPv6",
      proxyHeader({ source: { ...ipv6, address: "::ffff:c000:207" } }),
      { source: { ...ipv6, address: "192.0.2.7" } },
    ],
    ["local", proxyHeader({ source: ipv4, command: 0 }), { command: "local", source: undefined }],
    ["local without addresses", proxyHeader({ family: 0, command: 0 }), { command: "local", source: undefined }],
    ["unspecified", proxyHeader({ family: 0 }), { command: "proxy", source: undefined }],
    ["Unix", proxyHeader({ family: 3 }), { command: "proxy", source: undefined }],
  ])("is read: %s", (_what, header, expected) => {
    const read = parseProxyHeader(Buffer.concat([header, Buffer.from("the packet")]));
    expect(read).toMatchObject({ command: "proxy", ...expected, lengthBytes: header.length });
  });

  it("is incomplete until its last octet", () => {
    const header = proxyHeader({ source: ipv6, tlvs: tlv });
    for (let length = 0; length < header.length; length++) {
      expect(parseProxyHeader(header.subarray(0, length))).toBe("incomplete");
    }
  });

  const whole = proxyHeader({ source: ipv4 });
  it.each([
    ["any bit of the signature", changed(whole, (octets) => octets.writeUInt8(0x0b, 11))],
    ["its first octet", Buffer.from("\n")],
    ["a packet without header", Buffer.alloc(40, 1)],
    ["version 1", changed(whole, (octets) => octets.writeUInt8(0x11, 12))],
    ["an unknown command", changed(whole, (octets) => octets.writeUInt8(0x22, 12))],
    ["an unknown family", changed(whole, (octets) => octets.writeUInt8(0x41, 13))],
    ["an unknown transport", changed(whole, (octets) => octets.writeUInt8(0x13, 13))],
    ["a length below its addresses", changed(whole, (octets) => octets.writeUInt16BE(11, 14))],
    ["a length beyond the limit", changed(whole, (octets) => octets.writeUInt16BE(MAX_HEADER_BYTES - 15, 14))],
    ["a TLV that is cut", proxyHeader({ source: ipv4, tlvs: tlv.subarray(0, -1) })],
    ["a TLV that is too long", proxyHeader({ source: ipv4, tlvs: Buffer.from("030005deadbeef", "hex") })],
    ["half a TLV's header", proxyHeader({ source: ipv4, tlvs: Buffer.from("0300", "hex") })],
  ])("is malformed: %s", (_what, octets) => {
    expect(parseProxyHeader(octets)).toBe("malformed");
  });

  it("is read or refused for any octets, and never reaches beyond them", () => {
    const start = proxyHeader({ source: ipv4 }).subarray(0, 12);
    fc.assert(
      fc.property(fc.boolean(), fc.uint8Array({ maxLength: 300 }), (signed, rest) => {
        const octets = Buffer.concat([signed ? start : Buffer.alloc(0), rest]);
        const read = parseProxyHeader(octets);
        if (typeof read === "string") return;
        expect(read.lengthBytes).toBeLessThanOrEqual(octets.length);
        expect(read.lengthBytes).toBeGreaterThanOrEqual(16);
      }),
    );
  });

  it("is read back for any address and port", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(65_535), (address, port) => {
        const read = parseProxyHeader(proxyHeader({ source: { address, port }, tlvs: tlv }));
        expect(read).toMatchObject({ source: { address, port } });
      }),
    );
  });
});
