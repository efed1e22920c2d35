import { describe, expect, test } from "vitest";
import { loaded, refused, writeFiles } from "../test/files.js";
import { loadConfiguration } from "./index.js";
import { EXAMPLE } from "./reference/example.js";

const CLIENT = "name: vpn, address: 192.0.2.1, secret: 0123456789abcdef, target: local";
const TARGETS = "targets: [ { name: local, type: local } ]";

function client(change: string): string {
  return `clients: [ { ${CLIENT}, ${change} } ]\n${TARGETS}`;
}

function clients(...addresses: string[]): string {
  const entries = addresses.map(
    (address, at) => `- { name: c${at}, ${address}, secret: 0123456789abcdef, target: local }\n`,
  );
  return `${TARGETS}\nclients:\n${entries.join("")}`;
}

describe("a right file", () => {
  test("the example loads with the values it says", async () => {
    const { radius, targets, users, warnings, usersFile, ...configuration } = await loaded(EXAMPLE);
    expect(radius).toEqual({
      listen: [{ address: "127.0.0.1", authPort: 1812 }],
      udpWorkers: 1,
      maxRequestsPerSecond: 20_000,
    });
    expect(targets).toEqual([
      { name: "local", type: "local" },
      { name: "trusted", type: "none" },
    ]);
    expect(configuration.clients).toMatchObject([
      {
        name: "vpn",
        addresses: ["127.0.0.1/32"],
        application: "Company VPN",
        target: "local",
        mfa: true,
        requireUserMatch: true,
        requireMessageAuthenticator: true,
      },
    ]);
    expect(configuration.clients[0]?.secrets.map((secret) => secret.reveal())).toEqual(["testing123"]);
    const [alice] = users;
    expect(users).toHaveLength(1);
    expect(alice).toMatchObject({ name: "alice", loginName: "alice", enabled: true });
    expect(alice?.password?.reveal()).toBe("correct horse");
    expect(alice?.passwordHash).toBeUndefined();
    expect(alice?.tokens).toMatchObject([
      { serial: "T1", type: "totp", digits: 6, periodSeconds: 30, algorithm: "sha1" },
    ]);
    expect(alice?.tokens[0]?.secret.reveal()).toBe("JBSWY3DPEHPK3PXP");
    expect(usersFile).toBeUndefined();
    expect(warnings).toMatchObject([{ path: "clients[0].secret", line: 5, message: expect.stringContaining("weak") }]);
  });

  test("an empty file is all defaults", async () => {
    const configuration = await loaded("");
    expect(configuration).toMatchObject({
      radius: { listen: [{ address: "127.0.0.1", authPort: 1812 }], maxRequestsPerSecond: 20_000 },
      clients: [],
      targets: [],
      users: [],
    });
  });

  test("what a client does not say has its default", async () => {
    const configuration = await loaded(`clients: [ { ${CLIENT} } ]\n${TARGETS}`);
    expect(configuration.clients[0]).toMatchObject({
      addresses: ["192.0.2.1/32"],
      application: "vpn",
      mfa: true,
      requireUserMatch: true,
      requireMessageAuthenticator: true,
      limitProxyState: true,
      timeLimitSeconds: 30,
      challengeTimeLimitSeconds: 120,
      rejectDelayMs: 1000,
      maxExchanges: 200_000,
      maxRequestsPerSecond: 2_000,
    });
  });

  test("two secrets keep the order of the file", async () => {
    const { warnings, ...configuration } = await loaded(
      `clients: [ { name: a, address: 10.0.0.0/8, secrets: [ new-new-new-new-1, old-old-old-old-1 ], target: local } ]\n${TARGETS}`,
    );
    expect(configuration.clients[0]?.secrets.map((secret) => secret.reveal())).toEqual([
      "new-new-new-new-1",
      "old-old-old-old-1",
    ]);
    expect(warnings).toEqual([]);
  });

  test("usersFile is found beside the file", async () => {
    const { file, usersFile } = await loaded("usersFile: users.csv");
    expect(usersFile).toBe(file.replace("portcullis.yaml", "users.csv"));
  });

  test("aliases give what they stand for, a BOM and CRLF are nothing", async () => {
    const configuration = await loaded(
      `\uFEFFtargets: [ { name: &t local, type: local } ]\r\nclients: [ { name: vpn, address: "::1", secret: 0123456789abcdef, target: *t } ]\r\n`,
    );
    expect(configuration.clients[0]).toMatchObject({ target: "local", addresses: ["::1/128"] });
  });
});

describe("an unknown key is named with its place and the near match", () => {
  test.each([
    ["client: []", "portcullis.yaml:1:1 client: unknown key, did you mean clients?"],
    ["radius: { listn: [] }", "portcullis.yaml:1:11 radius.listn: unknown key, did you mean listen?"],
    [
      "radius:\n  listen:\n    - addres: ::1",
      "portcullis.yaml:3:7 radius.listen[0].addres: unknown key, did you mean address?",
    ],
    [
      `clients: [ { ${CLIENT},\n requireUserMach: true } ]\n${TARGETS}`,
      "portcullis.yaml:2:2 clients[0].requireUserMach: unknown key, did you mean requireUserMatch?",
    ],
    [
      "targets: [ { name: a, type: none, tipe: none } ]",
      "portcullis.yaml:1:35 targets[0].tipe: unknown key, did you mean type?",
    ],
    [
      "users: [ { name: a, passwordhash: x } ]",
      "portcullis.yaml:1:21 users[0].passwordhash: unknown key, did you mean passwordHash?",
    ],
    [
      "users: [ { name: a, tokens: [ { serial: T, secret: JBSWY3DPEHPK3PXP, digit: 6 } ] } ]",
      "portcullis.yaml:1:70 users[0].tokens[0].digit: unknown key, did you mean digits?",
    ],
    [
      "users: [ { name: a, password: { fromfile: x } } ]",
      "portcullis.yaml:1:33 users[0].password.fromfile: unknown key, did you mean fromFile?",
    ],
    ["colour: red", "portcullis.yaml:1:1 colour: unknown key"],
    ["__proto__: { clients: [] }", "portcullis.yaml:1:1 __proto__: unknown key"],
  ])("%s", async (yaml, error) => {
    expect(await refused(yaml)).toEqual([error]);
  });
});

describe("a value of the wrong kind or range is refused", () => {
  test.each([
    ["clients: 1", "portcullis.yaml:1:10 clients: must be a list, not a number"],
    ["clients: [ text ]", "portcullis.yaml:1:12 clients[0]: must be a mapping, not a text"],
    ["clients:", "portcullis.yaml:1:9 clients: is empty: write a value, or leave the key out"],
    ["[]", "portcullis.yaml:1:1: must be a mapping, not a list"],
    [client("mfa: yes"), "mfa: must be true, false or enrolled"],
    [client("timeLimitSeconds: 0"), "timeLimitSeconds: must be at least 1"],
    [client("timeLimitSeconds: 181"), "timeLimitSeconds: must be at most 180"],
    [client("rejectDelayMs: 1.5"), "rejectDelayMs: must be a whole number, not a fraction"],
    [client("application: ''"), "application: must not be empty"],
    ["targets: [ { name: -x, type: none } ]", "targets[0].name: must be 1 to 63 letters"],
    ["targets: [ { name: x, type: ldap } ]", "targets[0].type: must be local, none or radius"],
    ["radius: { listen: [] }", "radius.listen: must have at least 1 item"],
    ["radius: { listen: [ { address: localhost } ] }", "radius.listen[0].address: must be an IPv4 or IPv6 address"],
    ["radius: { listen: [ { authPort: 65536 } ] }", "radius.listen[0].authPort: must be at most 65535"],
    ["radius: { listen: [ {}, {} ] }", "radius.listen[1]: is the same address and port a second time"],
    ["users: [ { name: a, password: 1234 } ]", "users[0].password: must be a text: write numbers"],
    ["users: [ { name: a, password: } ]", "users[0].password: is empty"],
    ["users: [ { name: a, password: [ x ] } ]", "users[0].password: must be one text, not a list"],
    ["users: [ { name: a, password: {} } ]", "users[0].password: must have either fromFile or fromEnv"],
    ["users: [ { name: a, password: { fromFile: a, fromEnv: B } } ]", "must have either fromFile or fromEnv"],
    ["users: [ { name: a, password: { fromEnv: A-B } } ]", "must be the name of an environment variable"],
    ["users: [ { password: x } ]", "users[0].name: is missing"],
    ["users: [ { name: 'CORP\\' } ]", "users[0].name: has nothing left without its domain and realm"],
    ["users: [ { name: ' a' } ]", "users[0].name: must not begin or end with a space"],
    [`users: [ { name: ${"a".repeat(254)} } ]`, "users[0].name: must be at most 253 bytes long"],
    ["users: [ { name: a, tokens: [ { serial: T } ] } ]", "users[0].tokens[0].secret: is"],
    [
      "users: [ { name: a, tokens: [ { serial: T, secret: JBSWY3DPEHPK3PXP, digits: 5 } ] } ]",
      "digits: must be 6, 7 or 8",
    ],
    ["usersFile: ''", "usersFile: must have at least 1 character"],
  ])("%s", async (yaml, error) => {
    const errors = await refused(yaml);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(error);
  });
});

describe("addresses", () => {
  test("one network within another is right: the longest prefix wins", async () => {
    const configuration = await loaded(clients("address: 10.0.0.0/8", "address: 10.1.0.0/16", "address: 0.0.0.0/0"));
    expect(configuration.clients.map((client) => client.addresses)).toEqual([
      ["10.0.0.0/8"],
      ["10.1.0.0/16"],
      ["0.0.0.0/0"],
    ]);
  });

  test.each([
    [clients("address: 10.0.0.1", "address: 10.0.0.1/32"), '10.0.0.1/32 is an address of two clients: "c0" and "c1"'],
    [
      clients('address: "2001:DB8::0"', 'addresses: [ "2001:db8:0::/128" ]'),
      "2001:db8::/128 is an address of two clients",
    ],
    [clients('address: "::/0"', 'addresses: [ 0.0.0.0/0, "0::/0" ]'), "::/0 is an address of two clients"],
    [clients("addresses: [ 10.0.0.1, 10.0.0.1 ]"), "clients[0].addresses[1]: 10.0.0.1/32 stands here twice"],
    [clients("address: 10.0.0.1/8"), "has host bits set: write 10.0.0.0/8, or 10.0.0.1 for the one host"],
    [clients("addresses: []"), "clients[0].addresses: must have at least 1 item"],
    [clients("address: 10.0.0.1, addresses: [ 10.0.0.2 ]"), "has both address and addresses"],
    [clients("mfa: true"), "clients[0]: has neither address nor addresses"],
  ])("%s", async (yaml, error) => {
    const errors = await refused(yaml);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(error);
  });
});

describe("references and uniqueness", () => {
  test.each([
    [
      `clients: [ { ${CLIENT.replace("target: local", "target: locale")} } ]\n${TARGETS}`,
      'clients[0].target: there is no target "locale", did you mean "local"?',
    ],
    [`clients: [ { ${CLIENT} } ]`, 'clients[0].target: there is no target "local"'],
    [
      `clients: [ { ${CLIENT} }, { ${CLIENT.replace("192.0.2.1", "192.0.2.2")} } ]\n${TARGETS}`,
      'clients[1].name: there is already a client "vpn", at clients[0]',
    ],
    ["targets: [ { name: a, type: none }, { name: a, type: local } ]", 'there is already a target "a"'],
    [
      "users: [ { name: 'CORP\\Alice' }, { name: alice@corp.example } ]",
      'users[1].name: "alice@corp.example" and "CORP\\\\Alice" are one user: both sign in as "alice"',
    ],
    ["users: [ { name: a, password: x, passwordHash: y } ]", "has both password and passwordHash"],
    [
      "users: [ { name: a, tokens: [ { serial: T, secret: JBSWY3DPEHPK3PXP } ] }, { name: b, tokens: [ { serial: T, secret: JBSWY3DPEHPK3PXP } ] } ]",
      'users[1].tokens[0].serial: there is already a token with the serial "T"',
    ],
    [
      `clients: [ { ${CLIENT.replace("secret: 0123456789abcdef, ", "")} } ]\n${TARGETS}`,
      "has neither secret nor secrets",
    ],
    [`clients: [ { ${CLIENT}, secrets: [ a ] } ]\n${TARGETS}`, "has both secret and secrets"],
    [
      `clients: [ { ${CLIENT.replace("secret: 0123456789abcdef", "secrets: [ a, b, c ]")} } ]\n${TARGETS}`,
      "clients[0].secrets: must have at most 2 items",
    ],
  ])("%s", async (yaml, error) => {
    expect(await refused(yaml)).toContainEqual(expect.stringContaining(error));
  });

  test("everything that is wrong is said at once, in the order of the lines", async () => {
    const errors = await refused("users:\n- { name: a, pasword: x }\n- { name: A }\ntargets: 1\nradius: { listn: 1 }");
    expect(errors.map((error) => error.split(" ")[1])).toEqual([
      "users[0].pasword:",
      "users[1].name:",
      "targets:",
      "radius.listn:",
    ]);
  });
});

describe("the file itself", () => {
  test.each<[string | Uint8Array, string]>([
    ["a: [", "the indentation does not fit, or a bracket or brace is not closed"],
    ["users: []\nusers: []", "portcullis.yaml:2:1: has the same key twice"],
    ["users: [ { name: a, name: b } ]", "users[0]: has the same key twice"],
    ["1: 2", "has a key that is not a text"],
    ["users: *nobody", "is an alias of nothing"],
    ["users: !secret x", "tags have no meaning here"],
    ["---\na: 1\n---\nb: 1", "more than one YAML document"],
    ["\tusers: []", "a tab cannot indent"],
    ["users: &a [ *a ]", "is nested more than 20 deep"],
    [`users: ${"[".repeat(30)}${"]".repeat(30)}`, "is nested more than 20 deep"],
    [new Uint8Array([0xff, 0xfe, 0x61, 0x00]), "the file is not UTF-8 text"],
    [new Uint8Array(4 * 1024 * 1024 + 1).fill(0x20), "the file is larger than 4194304 bytes"],
  ])("%# %.40s", async (yaml, error) => {
    expect(await refused(yaml)).toContainEqual(expect.stringContaining(error));
  });

  test("a few aliases do not grow to millions of values", async () => {
    const levels = ["a: &a [1,1,1,1,1,1,1,1,1,1]"];
    for (const letter of "bcdefgh") {
      const inner = String.fromCharCode(letter.charCodeAt(0) - 1);
      levels.push(`${letter}: &${letter} [${`*${inner},`.repeat(9)}*${inner}]`);
    }
    const started = performance.now();
    const errors = await refused(`${levels.join("\n")}\nclients: *h`);
    expect(errors).toContainEqual(expect.stringContaining("is repeated by aliases too often"));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("very many unknown keys are refused in a bounded time, and only the first are told", async () => {
    const yaml = Array.from({ length: 50_000 }, (_, at) => `key${at}: 1`).join("\n");
    const started = performance.now();
    expect(await refused(yaml)).toHaveLength(1000);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("a file that is not there, and a folder", async () => {
    const folder = await writeFiles({});
    const missing = await loadConfiguration(`${folder}/portcullis.yaml`, { env: {} });
    expect(missing).toMatchObject({ ok: false, failure: [{ message: "the file does not exist" }] });
    const directory = await loadConfiguration(folder, { env: {} });
    expect(directory).toMatchObject({ ok: false, failure: [{ message: "the file is not a regular file" }] });
  });
});
