import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type KnownSecret, SecretSearch } from "./secret-search.js";

const password: KnownSecret = { name: "password", octets: Buffer.from('käse "und" brot') };
const key: KnownSecret = { name: "key", octets: randomBytes(32) };
const code: KnownSecret = { name: "code", octets: Buffer.from("40719355"), isNumber: true };
const search = new SecretSearch([password, key, code]);
const noise = (): Buffer => randomBytes(1_000);
const formsIn = (octets: Buffer): string[] => search.in(octets).map(({ secret, form }) => `${secret}: ${form}`);

describe("the search for secrets", () => {
  it("finds nothing in noise", () => {
    expect(search.in(randomBytes(1_000_000))).toEqual([]);
    expect(search.in(Buffer.alloc(0))).toEqual([]);
  });

  it.each([
    ["as it is", (octets: Buffer) => octets],
    ["hexadecimal", (octets: Buffer) => Buffer.from(octets.toString("hex"))],
    ["hexadecimal", (octets: Buffer) => Buffer.from(octets.toString("hex").toUpperCase())],
    ["base64", (octets: Buffer) => Buffer.from(octets.toString("base64"))],
  ])("finds a secret %s, wherever it stands", (form, write) => {
    for (const secret of [password, key, code]) {
      const written = write(secret.octets);
      for (const octets of [written, Buffer.concat([noise(), Buffer.from("="), written, Buffer.from("="), noise()])]) {
        expect(formsIn(octets)).toContain(`${secret.name}: ${form}`);
      }
    }
  });

  it("finds a secret within something longer that was written in base64, at each place", () => {
    for (const before of [0, 1, 2, 3, 4]) {
      for (const encoding of ["base64", "base64url"] as const) {
        const text = Buffer.concat([Buffer.alloc(before, 7), key.octets, Buffer.alloc(5, 9)]).toString(encoding);
        expect(search.in(Buffer.from(text)).map(({ secret }) => secret)).toContain("key");
      }
    }
  });

  it("finds a text in JSON and in UTF-16", () => {
    expect(formsIn(Buffer.from(JSON.stringify({ password: password.octets.toString() })))).toContain("password: JSON");
    expect(formsIn(Buffer.from(password.octets.toString(), "utf16le"))).toContain("password: UTF-16");
  });

  it("takes digits of a longer number for no code", () => {
    for (const longer of ["1795631407193552", "407193550", "140719355"])
      expect(search.in(Buffer.from(longer))).toEqual([]);
    expect(formsIn(Buffer.from('{"code":40719355}'))).toEqual(["code: as it is"]);
  });

  it("finds nothing when one octet is wrong, and refuses what is too short to be told from chance", () => {
    const wrong = Buffer.from(key.octets);
    wrong[17] = (wrong[17] ?? 0) ^ 1;
    expect(search.in(wrong)).toEqual([]);
    expect(() => new SecretSearch([{ name: "pin", octets: Buffer.from("4711") }])).toThrow("pin is too short");
  });
});
