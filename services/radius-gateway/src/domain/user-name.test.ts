import { describe, expect, it } from "vitest";
import { printable } from "./printable.js";
import { userNameOf } from "./user-name.js";

describe("userNameOf", () => {
  it.each(["alice", "CORP\\Alice", "alice@corp.example", "Ærøskøbing 山田", "a b", "x".repeat(253)])(
    "takes %j as it is",
    (text) => {
      expect(userNameOf(Buffer.from(text))).toEqual({ text, usable: true });
    },
  );

  it.each([
    ["no attribute", undefined, ""],
    ["an empty one", Buffer.alloc(0), ""],
    ["a NUL at the end", Buffer.from("alice\0"), "alice\\x00"],
    ["a line feed", Buffer.from("alice\nbob"), "alice\\x0abob"],
    ["an escape sequence", Buffer.from("\u001b[2J"), "\\x1b[2J"],
    ["a C1 control", Buffer.from("a\u0085b"), "a\\x85b"],
    ["a line separator", Buffer.from("a\u2028b"), "a\\u2028b"],
    ["Latin-1", Buffer.from("Müller", "latin1"), "M\\xfcller"],
    ["a cut UTF-8 sequence", Buffer.from([0x61, 0xc3]), "a\\xc3"],
    ["an overlong NUL", Buffer.from([0xc0, 0x80]), "\\xc0\\x80"],
    ["a surrogate", Buffer.from([0xed, 0xa0, 0x80]), "\\xed\\xa0\\x80"],
  ])("does not use %s, and prints what it can", (_what, octets, text) => {
    expect(userNameOf(octets)).toEqual({ text, usable: false });
  });

  it("does not use a name beyond 253 octets", () => {
    expect(userNameOf(Buffer.from("x".repeat(254)))).toEqual({ text: "x".repeat(253), usable: false });
  });
});

describe("printable", () => {
  it("cuts between characters", () => {
    expect(printable(Buffer.from("aäöü"), 4)).toBe("aä");
    expect(printable(Buffer.from("a😀"), 4)).toBe("a");
    expect(printable(Buffer.from("abc"), 3)).toBe("abc");
  });

  it("cuts what escaping made longer", () => {
    expect(printable(Buffer.from([0xff, 0xff]), 6)).toBe("\\xff\\x");
  });
});
