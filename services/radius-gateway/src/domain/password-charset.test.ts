import { describe, expect, it } from "vitest";
import { isTextIn, utf8PasswordOf } from "./password-charset.js";

const octets = (...values: number[]) => Uint8Array.from(values);
const PASS = octets(0x70, 0xe4, 0x73, 0x73);

describe("utf8PasswordOf", () => {
  it.each([
    ["latin1", PASS, "päss"],
    ["windows-1252", PASS, "päss"],
    ["windows-1252", octets(0x80, 0x92), "€’"],
    ["latin1", octets(0x80), "\u0080"],
    ["latin1", Buffer.from("päss"), "päss"],
    ["windows-1252", Buffer.from("€"), "€"],
    ["latin1", octets(), ""],
  ] as const)("%s, %o: %s", (charset, password, expected) => {
    expect(Buffer.from(utf8PasswordOf(password, charset)).toString("utf8")).toBe(expected);
  });

  it("changes nothing for a client that writes UTF-8", () => {
    expect(utf8PasswordOf(PASS)).toBe(PASS);
    expect(utf8PasswordOf(PASS, "utf-8")).toBe(PASS);
  });
});

describe("isTextIn", () => {
  it.each([
    ["latin1", PASS, true],
    ["latin1", octets(0x70, 0x92), false],
    ["windows-1252", octets(0x70, 0x92), true],
    ["windows-1252", octets(0x70, 0x81), false],
    ["windows-1252", octets(0x70, 0x07), false],
    ["latin1", octets(0x70, 0x00, 0x70), false],
    ["utf-8", PASS, false],
    ["utf-8", Buffer.from("päss"), true],
  ] as const)("%s, %o: %s", (charset, password, expected) => {
    expect(isTextIn(password, charset)).toBe(expected);
  });
});
