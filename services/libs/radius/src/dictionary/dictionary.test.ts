import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { hideReplyAttributes } from "../hop/pass-reply.js";
import { decode, formatAttribute, HEADER_BYTES, isMalformed, SharedSecret } from "../index.js";
import { Dictionary } from "./dictionary.js";
import type { AttributeValue } from "./encode-value.js";

let standard: Dictionary;
beforeAll(async () => {
  standard = await Dictionary.standard();
});

async function withVendors(text: string): Promise<Dictionary> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-dictionary-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "dictionary.vendor"), text);
  const loaded = await Dictionary.load([join(folder, "dictionary.vendor")]);
  if (!(loaded instanceof Dictionary)) throw new Error(loaded.errors.map(({ message }) => message).join());
  return loaded;
}

function hexOf(dictionary: Dictionary, name: string, value: AttributeValue): string {
  const encoded = dictionary.encodeByName(name, value);
  if (!(encoded instanceof Uint8Array)) throw new Error(`${name} ${encoded.problem}`);
  return Buffer.from(encoded).toString("hex");
}

function problemOf(dictionary: Dictionary, name: string, value: AttributeValue): string {
  const encoded = dictionary.encodeByName(name, value);
  if (encoded instanceof Uint8Array) throw new Error(`${name} was encoded`);
  return encoded.problem;
}

const TYPES = `
VENDOR Types 32473
BEGIN-VENDOR Types
ATTRIBUTE T-Byte 1 byte
ATTRIBUTE T-Short 2 short
ATTRIBUTE T-Signed 3 signed
ATTRIBUTE T-Integer64 4 integer64
ATTRIBUTE T-Ether 5 ether
ATTRIBUTE T-Interface 6 ifid
ATTRIBUTE T-Prefix4 7 ipv4prefix
ATTRIBUTE T-Combo 8 combo-ip
ATTRIBUTE T-Fixed 9 octets[3]
ATTRIBUTE T-Date 10 date
ATTRIBUTE T-Switch 11 integer
ATTRIBUTE T-Abinary 12 abinary
ATTRIBUTE T-Address6 13 ipv6addr
ATTRIBUTE T-Prefix6 14 ipv6prefix
VALUE T-Switch False 7
VALUE T-Switch Digits-Mean-More 8
END-VENDOR Types
`;
const HEADER = "00007ed9";

it("reads the standard dictionaries without a word of complaint", async () => {
  expect(await Dictionary.load([])).toBeInstanceOf(Dictionary);
});

describe("a value of each type", () => {
  it.each<[string, AttributeValue, string]>([
    ["Filter-Id", "staff", "0b077374616666"],
    ["filter-id", "ä", "0b04c3a4"],
    ["Class", "OU=Staff;", "190b4f553d53746166663b"],
    ["Class", "0x00ff", "190400ff"],
    ["Session-Timeout", 3600, "1b0600000e10"],
    ["Session-Timeout", "3600", "1b0600000e10"],
    ["Session-Timeout", 0xffffffff, "1b06ffffffff"],
    ["Service-Type", "Framed-User", "060600000002"],
    ["Service-Type", "framed-user", "060600000002"],
    ["Framed-IP-Address", "10.0.0.7", "08060a000007"],
    ["Framed-IPv6-Prefix", "2001:db8::/32", "6114002020010db8000000000000000000000000"],
    ["Login-IPv6-Host", "::ffff:192.0.2.1", "621200000000000000000000ffffc0000201"],
    ["Tunnel-Type:1", 13, "40060100000d"],
    ["Tunnel-Type", 13, "40060000000d"],
    ["Tunnel-Private-Group-Id:2", "20", "5105023230"],
    ["Tunnel-Private-Group-Id", "20", "51043230"],
    ["Tunnel-Password", "pw", "4505007077"],
    ["Tunnel-Password:31", "pw", "45051f7077"],
    ["Cisco-AVPair", "a=b", "1a0b000000090105613d62"],
  ])("%s = %j", (name, value, hex) => {
    expect(hexOf(standard, name, value)).toBe(hex);
  });

  it.each<[string, AttributeValue, string]>([
    ["T-Byte", 255, "0103ff"],
    ["T-Byte", true, "010301"],
    ["T-Short", 65535, "0204ffff"],
    ["T-Signed", -2, "0306fffffffe"],
    ["T-Integer64", "18446744073709551615", "040affffffffffffffff"],
    ["T-Ether", "00:11:22:AA:bb:cc", "0508001122aabbcc"],
    ["T-Interface", "1:22:333:4444", "060a0001002203334444"],
    ["T-Prefix4", "10.0.0.0/8", "070800080a000000"],
    ["T-Combo", "::1", "081200000000000000000000000000000001"],
    ["T-Combo", "10.0.0.1", "08060a000001"],
    ["T-Fixed", "0x010203", "0905010203"],
    ["T-Date", "1970-01-01T01:00:00+01:00", "0a0600000000"],
    ["T-Date", 1, "0a0600000001"],
    ["T-Switch", false, "0b0600000007"],
    ["T-Switch", true, "0b0600000001"],
    ["T-Address6", "2001:db8::1:0:0:1", "0d1220010db8000000000001000000000001"],
    ["T-Prefix6", "::/0", "0e14000000000000000000000000000000000000"],
  ])("%s = %j of a vendor", async (name, value, hex) => {
    const length = (2 + (HEADER + hex).length / 2).toString(16).padStart(2, "0");
    expect(hexOf(await withVendors(TYPES), name, value)).toBe(`1a${length}${HEADER}${hex}`);
  });

  it("is what the printing of packets reads again", () => {
    const parts = ["Service-Type", "Framed-IP-Address", "Cisco-AVPair"].map((name, at) =>
      standard.encodeByName(name, ["Framed-User", "10.0.0.7", "shell:priv-lvl=15"][at] ?? ""),
    );
    const attributes = Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : Buffer.of())));
    const packet = Buffer.concat([Buffer.alloc(HEADER_BYTES), attributes]);
    packet.set([2, 1, 0, packet.length]);
    const decoded = decode(packet);
    expect(isMalformed(decoded) ? [] : decoded.attributes().map(formatAttribute)).toEqual([
      { name: "Service-Type", value: "Framed-User" },
      { name: "Framed-IP-Address", value: "10.0.0.7" },
      { name: "Cisco-AVPair", value: "shell:priv-lvl=15" },
    ]);
  });
});

describe("a value that does not fit", () => {
  it.each<[string, AttributeValue, RegExp]>([
    ["Filter-Id", 7, /must be a text/],
    ["Filter-Id", "", /must not be empty/],
    ["Filter-Id", "x".repeat(254), /at most 253 octets, it has 254/],
    ["Cisco-AVPair", "x".repeat(248), /at most 247 octets, it has 248/],
    ["Tunnel-Password", "x".repeat(250), /at most 250 octets, it has 251/],
    ["Class", "0x123", /hex digits in pairs/],
    ["Session-Timeout", -1, /0 to 4294967295/],
    ["Session-Timeout", 2 ** 32, /0 to 4294967295/],
    ["Session-Timeout", 1.5, /whole number/],
    ["Session-Timeout", "soon", /whole number/],
    ["Service-Type", "Framed-Usr", /or one of Login-User, Framed-User.*, and more/],
    ["Framed-IP-Address", "10.0.0.256", /IPv4 address/],
    ["Login-IPv6-Host", "fe80::1%eth0", /IPv6 address/],
    ["Framed-IPv6-Prefix", "2001:db8::1/32", /bits beyond/],
    ["Framed-IPv6-Prefix", "2001:db8::/129", /prefix/],
    ["Framed-IPv6-Prefix", "2001:db8::", /prefix/],
    ["Tunnel-Type", 0x1000000, /at most 16777215/],
    ["Filter-Id:1", "x", /has no tags/],
  ])("%s = %j", (name, value, problem) => {
    expect(problemOf(standard, name, value)).toMatch(problem);
  });

  it.each<[string, AttributeValue, RegExp]>([
    ["T-Byte", 256, /0 to 255/],
    ["T-Signed", 2147483648, /-2147483648 to 2147483647/],
    ["T-Integer64", 2 ** 60, /in quotes/],
    ["T-Integer64", "18446744073709551616", /in quotes/],
    ["T-Ether", "00:11:22:33:44", /like 00:11/],
    ["T-Interface", "1:2:3", /like 0011/],
    ["T-Prefix4", "10.0.0.1/8", /bits beyond/],
    ["T-Fixed", "ab", /must be 3 octets, it has 2/],
    ["T-Date", "2027-01-31", /like 2027/],
    ["T-Date", "2027-99-31T00:00:00Z", /like 2027/],
    ["T-Abinary", "x", /not supported/],
  ])("%s = %j of a vendor", async (name, value, problem) => {
    expect(problemOf(await withVendors(TYPES), name, value)).toMatch(problem);
  });

  it("comes with the names that could have been meant", () => {
    const refused = standard.encodeByName("Service-Type", "Framed-Usr");
    expect(refused instanceof Uint8Array ? [] : refused.candidates).toContain("Framed-User");
  });
});

describe("an attribute that no rule may set", () => {
  it.each([
    "Message-Authenticator",
    "Proxy-State",
    "State",
    "EAP-Message",
    "User-Password",
    "CHAP-Password",
    "Error-Cause",
    "Vendor-Specific",
    "NAS-IP-Address",
    "Acct-Session-Id",
    "Calling-Station-Id",
    "Prompt",
    "EAP-Key-Name",
    "MS-MPPE-Send-Key",
    "MS-CHAP2-Success",
    "MS-CHAP-Error",
  ])("%s is known, and refused", (name) => {
    expect(standard.has(name)).toBe(true);
    expect(problemOf(standard, name, "x")).not.toBe("is in no dictionary");
  });

  it("is refused by its number, whatever a file calls it", async () => {
    const renamed = await withVendors("ATTRIBUTE My-State 24 string\nATTRIBUTE Ascend-Secret 214 string");
    expect(problemOf(renamed, "My-State", "x")).toMatch(/conversation of a login/);
    expect(problemOf(renamed, "Ascend-Secret", "x")).toMatch(/form that is not supported/);
  });

  it("is unknown under another name, with all names to choose from", () => {
    const refused = standard.encodeByName("Filter-Idd", "x");
    expect(refused).toMatchObject({ problem: "is in no dictionary" });
    expect(refused instanceof Uint8Array ? [] : refused.candidates).toContain("Filter-Id");
    expect(standard.has("__proto__")).toBe(false);
    expect(standard.has("Tunnel-Type:32")).toBe(false);
  });
});

describe("a hidden attribute", () => {
  const HIDDEN = `
VENDOR Aruba 14823
VENDOR Lancom 2356
VENDOR Odd 32473
ATTRIBUTE Aruba-Passphrase 44 octets Aruba
ATTRIBUTE Aruba-Tagged 44 octets has_tag,encrypt=2 Aruba
ATTRIBUTE Lancom-Password 19 string encrypt=2 Lancom
ATTRIBUTE Odd-Password 1 string encrypt=2 Odd
ATTRIBUTE Odd-Name 2 string Odd
`;

  it("is in clear, a tag before it where the wire has one, and is known as a secret by its number", async () => {
    const dictionary = await withVendors(HIDDEN);
    expect(hexOf(dictionary, "Aruba-Passphrase", "pw")).toBe("1a0a000039e72c047077");
    expect(hexOf(dictionary, "Lancom-Password", "pw")).toBe("1a0b000009341305007077");
    const names = ["Aruba-Passphrase", "Odd-Password", "Tunnel-Password:1", "Odd-Name", "Filter-Id", "no-such"];
    expect(names.map((name) => dictionary.isHidden(name))).toEqual([true, true, true, false, false, false]);
  });

  it.each([
    ["Tunnel-Password", 249],
    ["Aruba-Passphrase", 244],
    ["Lancom-Password", 243],
    ["Tunnel-Password:1", 1],
  ])("%s of %i octets is hidden by the gateway, and longer ones are refused", async (name, lengthBytes) => {
    const dictionary = await withVendors(HIDDEN);
    const clear = dictionary.encodeByName(name, "p".repeat(lengthBytes));
    if (!(clear instanceof Uint8Array)) throw new Error(clear.problem);
    const hop = { secret: new SharedSecret("testing123"), requestAuthenticator: new Uint8Array(16), salt: 7 };
    const hidden = hideReplyAttributes(clear, hop);
    if (isMalformed(hidden)) throw new Error(hidden.malformed);
    expect(Buffer.from(hidden).toString("latin1")).not.toContain("ppp");
    expect(hidden.length).toBeGreaterThan(clear.length);
    expect(hidden.length).toBe(hidden[1]);
    expect(problemOf(dictionary, name, "p".repeat(250))).toMatch(/at most/);
  });

  it("is refused where the gateway could not hide it as its device expects", async () => {
    const dictionary = await withVendors(HIDDEN);
    expect(problemOf(dictionary, "Odd-Password", "pw")).toMatch(/form that is not supported/);
    expect(problemOf(dictionary, "Aruba-Tagged", "pw")).toMatch(/form that is not supported/);
    const format = await withVendors("VENDOR Aruba 14823 format=2,1\nATTRIBUTE A 5 string Aruba");
    expect(problemOf(format, "A", "x")).toMatch(/format is another one/);
  });
});

it("wraps the attributes of a vendor in that vendor's own form", async () => {
  const dictionary = await withVendors(`
VENDOR Wide 8164 format=2,2
VENDOR Bare 429 format=4,0
VENDOR More 5323 format=1,1,c
ATTRIBUTE W 258 byte Wide
ATTRIBUTE B 66051 byte Bare
ATTRIBUTE M 7 byte More
`);
  expect(hexOf(dictionary, "W", 1)).toBe("1a0b00001fe40102000501");
  expect(hexOf(dictionary, "B", 1)).toBe("1a0b000001ad0001020301");
  expect(hexOf(dictionary, "M", 1)).toBe("1a0a000014cb07040001");
});
