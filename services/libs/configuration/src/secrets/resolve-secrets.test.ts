import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loaded, refused, writeFiles } from "../../test/files.js";
import { loadConfiguration } from "../index.js";

const password = (value: string) => `users: [ { name: a, password: ${value} } ]`;
const passwordHash = (value: string) => `users: [ { name: a, passwordHash: ${JSON.stringify(value)} } ]`;
const seed = (value: string) => `users: [ { name: a, tokens: [ { serial: T, secret: ${JSON.stringify(value)} } ] } ]`;
const sharedSecret = (value: string) =>
  `clients: [ { name: a, address: ::1, secret: ${value}, target: t } ]\ntargets: [ { name: t, type: none } ]`;
const SALT_AND_HASH = "$c29tZXNhbHRzb21lc2FsdA$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";

describe("fromFile and fromEnv", () => {
  test.each([
    ["one newline is dropped", "secret\n", "secret"],
    ["and one CRLF", "secret\r\n", "secret"],
    ["no more than one", "secret\n\n", "secret\n"],
    ["spaces stay", " secret ", " secret "],
    ["a BOM is no part of it", "\uFEFFsecret", "secret"],
  ])("%s", async (_, content, expected) => {
    const { users } = await loaded(password("{ fromFile: p }"), { files: { p: content } });
    expect(users[0]?.password?.reveal()).toBe(expected);
  });

  test("a variable is taken as it is", async () => {
    const { users } = await loaded(password("{ fromEnv: P }"), { env: { P: "secret\n" } });
    expect(users[0]?.password?.reveal()).toBe("secret\n");
  });

  test.each<[string, string, Parameters<typeof refused>[1]]>([
    ["{ fromFile: p }", "users[0].password: the file p does not exist", {}],
    ["{ fromFile: p }", "users[0].password: must not be empty", { files: { p: "\n" } }],
    ["{ fromFile: p }", "the file p is larger than 65536 bytes", { files: { p: "x".repeat(65_537) } }],
    ["{ fromFile: p }", "the file p is not UTF-8 text", { files: { p: new Uint8Array([0x80]) } }],
    ["{ fromFile: . }", "the file . is not a regular file", {}],
    ["{ fromFile: 5 }", "users[0].password.fromFile: must be a text", {}],
    ["{ fromEnv: P }", "users[0].password: the environment variable P is not set", {}],
    ["{ fromEnv: P }", "users[0].password: must not be empty", { env: { P: "" } }],
    ["{ fromEnv: toString }", "the environment variable toString is not set", {}],
  ])("%s: %s", async (value, error, surroundings) => {
    expect(await refused(password(value), surroundings)).toEqual([expect.stringContaining(error)]);
  });

  test("a relative path begins at the file, not at the process", async () => {
    const folder = await writeFiles({ "portcullis.yaml": password("{ fromFile: secrets/p }") });
    await mkdir(join(folder, "secrets"));
    const result = await loadConfiguration(join(folder, "portcullis.yaml"), { env: {} });
    expect(result).toMatchObject({ ok: false, failure: [{ message: "the file secrets/p does not exist" }] });
  });
});

describe("the text of a secret", () => {
  test("a short shared secret is only a warning, one of 16 bytes none", async () => {
    expect((await loaded(sharedSecret("testing123"))).warnings).toHaveLength(1);
    expect((await loaded(sharedSecret("x".repeat(15)))).warnings).toHaveLength(1);
    expect((await loaded(sharedSecret("x".repeat(16)))).warnings).toEqual([]);
    expect(await refused(sharedSecret("x".repeat(129)))).toEqual([
      expect.stringContaining("must be at most 128 bytes long"),
    ]);
    expect(await refused(sharedSecret("''"))).toEqual([expect.stringContaining("must not be empty")]);
  });

  test("a password is 1 to 128 bytes", async () => {
    await loaded(password("ä".repeat(64)));
    expect(await refused(password("ä".repeat(65)))).toEqual([expect.stringContaining("at most 128 bytes")]);
    expect(await refused(password('"a\\0b"'))).toEqual([expect.stringContaining("NUL")]);
  });

  test.each([
    `$argon2id$v=19$m=19456,t=2,p=1${SALT_AND_HASH}`,
    `$argon2id$v=19$m=1048576,t=10,p=16${SALT_AND_HASH}`,
    `$argon2id$v=19$m=8,t=1,p=1${SALT_AND_HASH}`,
  ])("a hash within the bounds: %s", async (hash) => {
    expect((await loaded(passwordHash(hash))).users[0]?.passwordHash?.reveal()).toBe(hash);
  });

  test.each([
    [`$argon2id$v=19$m=1048577,t=2,p=1${SALT_AND_HASH}`, "its m (memory in KiB)"],
    [`$argon2id$v=19$m=15,t=2,p=2${SALT_AND_HASH}`, "its m (memory in KiB)"],
    [`$argon2id$v=19$m=19456,t=11,p=1${SALT_AND_HASH}`, "its t (passes)"],
    [`$argon2id$v=19$m=19456,t=0,p=1${SALT_AND_HASH}`, "its t (passes)"],
    [`$argon2id$v=19$m=19456,t=2,p=17${SALT_AND_HASH}`, "its p (lanes)"],
    [`$argon2i$v=19$m=19456,t=2,p=1${SALT_AND_HASH}`, "must be an argon2id hash"],
    [`$argon2id$v=19$m=19456,t=2,p=1$YWJj$MTIzNDU2Nzg5MDEyMzQ1Ng`, "its salt must be 8 to 64 bytes"],
    [`$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$YWJj`, "its hash must be 16 to 64 bytes"],
    ["$2y$10$abcdefghijklmnopqrstuv", "must be an argon2id hash"],
    ["x".repeat(513), "must be at most 512 characters long"],
  ])("a hash out of them: %.45s", async (hash, error) => {
    expect(await refused(passwordHash(hash))).toEqual([expect.stringContaining(`users[0].passwordHash: ${error}`)]);
  });

  test("a seed may be written as people write it", async () => {
    const { users } = await loaded(seed("jbsw y3dp ehpk 3pxp ===="));
    expect(users[0]?.tokens[0]?.secret.reveal()).toBe("JBSWY3DPEHPK3PXP");
  });

  test.each([
    ["JBSWY3DPEHPK3PX1", "must be base32"],
    ["JBSWY3DPEHPK3PX", "must decode to 10 to 64 bytes, it decodes to 9"],
    ["A".repeat(104), "must decode to 10 to 64 bytes, it decodes to 65"],
    ["", "must decode to 10 to 64 bytes, it decodes to 0"],
  ])("a seed that is none: %.20s", async (value, error) => {
    expect(await refused(seed(value))).toEqual([expect.stringContaining(error)]);
  });
});
