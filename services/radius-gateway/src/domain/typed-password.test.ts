import { describe, expect, it } from "vitest";
import { readTypedPassword, type TypingRules } from "./typed-password.js";

const COMMA: TypingRules = { appendedCode: { separator: "," } };
const SIX: TypingRules = { appendedCode: { digits: 6 } };
const OPENVPN: TypingRules = { openvpnStaticChallenge: true };

function read(typed: string | Uint8Array, rules: TypingRules): string[] | undefined {
  const found = readTypedPassword(typeof typed === "string" ? Buffer.from(typed) : typed, rules);
  if (found === undefined) return undefined;
  const parts = found.code === undefined ? [found.password] : [found.password, found.code];
  return parts.map((part) => Buffer.from(part).toString("latin1"));
}

describe("a code behind a password", () => {
  it.each([
    ["horse,123456", COMMA, ["horse", "123456"]],
    ["horse,12345678", COMMA, ["horse", "12345678"]],
    ["a,b,123456", COMMA, ["a,b", "123456"]],
    [",123456", COMMA, ["", "123456"]],
    ["horse::0123456", { appendedCode: { separator: "::" } }, ["horse", "0123456"]],
    ["horse123456", SIX, ["horse", "123456"]],
    ["horse1123456", SIX, ["horse1", "123456"]],
    ["123456", SIX, ["", "123456"]],
    ["horse12345678", { appendedCode: { digits: 8 } }, ["horse", "12345678"]],
  ] as const)("%s, %o", (typed, rules, expected) => {
    expect(read(typed, rules)).toEqual(expected);
  });

  it.each([
    ["horse,123456", {}],
    ["horse", COMMA],
    ["horse,", COMMA],
    ["horse,12345", COMMA],
    ["horse,123456789", COMMA],
    ["horse,12345x", COMMA],
    ["horse,123456 ", COMMA],
    ["horse123456", COMMA],
    ["horse,123456", { appendedCode: { separator: ",," } }],
    ["", COMMA],
    ["12345", SIX],
    ["horse12345x", SIX],
    ["horse12345 ", SIX],
    ["", SIX],
    ["horse,\u0661\u0662\u0663\u0664\u0665\u0666", COMMA],
  ] as const)("is not there in %j, %o: all of it is the password", (typed, rules) => {
    expect(read(typed, rules)).toEqual([Buffer.from(typed).toString("latin1")]);
  });

  it("is found by octets, whatever the password is written in", () => {
    expect(read(Buffer.from("p\xe4ss,123456", "latin1"), COMMA)).toEqual(["p\xe4ss", "123456"]);
    expect(read(Buffer.from("xx\xe4,123456").subarray(2), COMMA)).toEqual(["Ã¤", "123456"]);
  });
});

describe("OpenVPN's static challenge", () => {
  const scrv1 = (password: string, response: string) =>
    `SCRV1:${Buffer.from(password).toString("base64")}:${Buffer.from(response).toString("base64")}`;

  it.each([
    [scrv1("correct horse", "123456"), ["correct horse", "123456"]],
    [scrv1("a:b", "123 456"), ["a:b", "123 456"]],
    [scrv1("", "123456"), ["", "123456"]],
    [scrv1("correct horse", ""), ["correct horse"]],
    [scrv1("", ""), [""]],
    ["SCRV1", ["SCRV1"]],
    ["scrv1:YQ==:YQ==", ["scrv1:YQ==:YQ=="]],
    ["correct horse", ["correct horse"]],
  ])("%s", (typed, expected) => {
    expect(read(typed, OPENVPN)).toEqual(expected);
  });

  it.each([
    "SCRV1:",
    "SCRV1:YQ==",
    "SCRV1:YQ==:YQ==:",
    "SCRV1:YQ==:YQ==:YQ==",
    "SCRV1:YQ:YQ==",
    "SCRV1:YQ==:YQ",
    "SCRV1:YR==:YQ==",
    "SCRV1:YQ==\n:YQ==",
    "SCRV1: YQ==:YQ==",
    "SCRV1:_-==:YQ==",
    scrv1("a", "1".repeat(33)),
  ])("is no password at all when it is %j", (typed) => {
    expect(read(typed, OPENVPN)).toBeUndefined();
  });

  it("is a password like any other where the client has none", () => {
    expect(read(scrv1("a", "123456"), COMMA)).toEqual([scrv1("a", "123456")]);
  });

  it("may have a code behind its password when its response is empty", () => {
    expect(read(scrv1("horse,123456", ""), { ...OPENVPN, ...COMMA })).toEqual(["horse", "123456"]);
    expect(read(scrv1("horse,123456", "654321"), { ...OPENVPN, ...COMMA })).toEqual(["horse,123456", "654321"]);
  });
});
