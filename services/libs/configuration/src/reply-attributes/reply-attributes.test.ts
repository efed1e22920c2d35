import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loaded, refused, type Surroundings } from "../../test/files.js";
import { loadConfiguration, readUsers, redacted, revealingJson, secretFilesOf } from "../index.js";

/** A configuration with one client that has these rules. */
function withRules(rules: string, more = ""): string {
  return `targets: [ { name: local, type: local } ]
clients:
  - name: vpn
    address: 192.0.2.1
    secret: { fromEnv: SHARED }
    target: local
    replyAttributes:
${rules.replace(/^/gm, "      ")}
${more}`;
}

const ENV = { SHARED: "0123456789abcdef" };

async function rulesOf(rules: string, more = "", { env = {}, files = {} }: Surroundings = {}) {
  const configuration = await loaded(withRules(rules, more), { env: { ...ENV, ...env }, files });
  return (configuration.clients[0]?.replyAttributes ?? []).map(({ groups, attributes }) => ({
    groups,
    hex: Buffer.from(attributes.reveal()).toString("hex"),
  }));
}

/** What is wrong with the rules, without file, line and column where these say nothing of interest. */
async function wrongRules(rules: string, more = "", { env = {}, files = {} }: Surroundings = {}) {
  const errors = await refused(withRules(rules, more), { env: { ...ENV, ...env }, files });
  return errors.map((error) => error.replace(/^portcullis\.yaml:\d+:\d+ clients\[0\]\.replyAttributes/, "*"));
}

describe("rules", () => {
  it("are octets in the order of the file, for groups in whatever case, or for everybody", async () => {
    const rules = `- groups: [ VPN-Staff, Ops, vpn-staff ]
  attributes:
    Class: OU=Staff;
    Session-Timeout: 60
    Cisco-AVPair: [ a=1, b=2 ]
- attributes: { Service-Type: Framed-User }`;
    expect(await rulesOf(rules)).toEqual([
      {
        groups: ["ops", "vpn-staff"],
        hex: "190b4f553d53746166663b1b060000003c1a0b000000090105613d311a0b000000090105623d32",
      },
      { groups: undefined, hex: "060600000002" },
    ]);
  });

  it("are none where none are written", async () => {
    const configuration = await loaded(withRules("[]"), { env: ENV });
    expect(configuration.clients[0]?.replyAttributes).toEqual([]);
    expect(configuration.dictionaries).toEqual([]);
  });

  it("take names from the dictionaries of vendors, which are found beside the file", async () => {
    const files = {
      "dictionary.acme": "$INCLUDE dictionary.roles",
      "dictionary.roles": "VENDOR Acme 32473\nATTRIBUTE Acme-Role 1 string Acme",
    };
    const told: string[] = [];
    const more = "dictionaries: [ dictionary.acme ]";
    expect(await rulesOf("- attributes: { Acme-Role: x }", more, { files })).toMatchObject([
      { hex: "1a0900007ed9010378" },
    ]);
    const { file } = await loaded(withRules("- attributes: { Acme-Role: x }", more), { env: ENV, files });
    await loadConfiguration(file, { env: ENV, onFile: async (path) => void told.push(path.replace(/^.*\//, "")) });
    expect(told).toEqual(["portcullis.yaml", "dictionary.acme", "dictionary.roles"]);
  });
});

describe("what is wrong with rules is said with its path", () => {
  it.each([
    ["{ Filter-Idd: x }", "*[0].attributes.Filter-Idd: is in no dictionary, did you mean Filter-Id?"],
    [
      "{ Completely-Else: x }",
      "*[0].attributes: the name of an attribute is in no dictionary; are those of a vendor missing?",
    ],
    [
      "{ Filter-Id: 7 }",
      "*[0].attributes.Filter-Id: must be a text: write numbers and the words true and false in quotes",
    ],
    [
      "{ Filter-Id: { a: 1 } }",
      "*[0].attributes.Filter-Id: must be a text, a number, true or false, or a list of these",
    ],
    [
      "{ Filter-Id: { fromEnv: SHARED } }",
      "*[0].attributes.Filter-Id: must be a text, a number, true or false, or a list of these",
    ],
    ["{ Filter-Id: }", "*[0].attributes.Filter-Id: is empty: write a value"],
    ["{ Filter-Id: [] }", "*[0].attributes.Filter-Id: is an empty list: write at least one value"],
    [
      "{ Filter-Id: [ a, [ b ] ] }",
      "*[0].attributes.Filter-Id[1]: must be a text, a number, true or false, or a list of these",
    ],
    [
      "{ Session-Timeout: [ 1, -1 ] }",
      "*[0].attributes.Session-Timeout[1]: must be a whole number from 0 to 4294967295",
    ],
    ["{ State: x }", "*[0].attributes.State: belongs to the conversation of a login and is never set by a rule"],
    [
      "{ Tunnel-Password: 123456 }",
      "*[0].attributes.Tunnel-Password: must be a text, { fromFile: path } or { fromEnv: NAME }: write numbers and the words true and false in quotes",
    ],
    [
      "{ Tunnel-Password: { fromEnv: NOTHING } }",
      "*[0].attributes.Tunnel-Password: the environment variable NOTHING is not set",
    ],
    ["{}", "*[0].attributes: is empty: name at least one attribute"],
    ["[ Class ]", "*[0].attributes: must be a mapping, not a list"],
  ])("%s", async (attributes, message) => {
    expect(await wrongRules(`- attributes: ${attributes}`)).toEqual([message]);
  });

  it("and with the near match of a value", async () => {
    expect(await wrongRules("- attributes: { Service-Type: Framed-Usr }")).toEqual([
      expect.stringMatching(/^\*\[0\]\.attributes\.Service-Type: .*; did you mean Framed-User\?$/),
    ]);
  });

  it("also in groups and keys", async () => {
    expect(await wrongRules("- { group: [ a ], attributes: { Class: x } }")).toEqual([
      "*[0].group: unknown key, did you mean groups?",
    ]);
    expect(await wrongRules("- { groups: [], attributes: { Class: x } }")).toEqual([
      "*[0].groups: must have at least 1 item",
    ]);
    expect(await wrongRules('- { groups: [ "a;b" ], attributes: { Class: x } }')).toEqual([
      "*[0].groups[0]: must not contain a ;, which separates groups in users.csv",
    ]);
    expect(await wrongRules("- { groups: [ a ] }")).toEqual(["*[0].attributes: is missing"]);
  });

  it("also where the rules of a client are too long together", async () => {
    const fifteen = Array.from({ length: 15 }, () => `- attributes: { Class: ${"x".repeat(240)} }`).join("\n");
    expect(await wrongRules(fifteen)).toEqual(["*: the rules have 3630 octets together, and at most 3500 fit"]);
    const many = `- attributes: { Class: [ ${Array.from({ length: 151 }, () => "x").join(", ")} ] }`;
    expect(await wrongRules(many)).toEqual(["*: the rules have 151 attributes together, and at most 150 fit"]);
  });

  it("in a dictionary with that file's line, and names are not looked up then", async () => {
    const files = { "dictionary.acme": "\nATTRIBUTE Acme-Role 1 strng\n" };
    const more = "dictionaries: [ dictionary.acme ]";
    expect(await wrongRules("- attributes: { Acme-Role: x }", more, { files })).toEqual([
      expect.stringMatching(/^dictionary\.acme:2: the type is not known/),
    ]);
    expect(await wrongRules("[]", "dictionaries: [ gone ]")).toEqual([
      "portcullis.yaml:9:17 dictionaries[0]: the file does not exist",
    ]);
  });
});

describe("hidden values", () => {
  const RULE = `- attributes: { Tunnel-Password: [ HUNTER2, { fromEnv: TUNNEL }, { fromFile: tunnel } ], Filter-Id: staff }`;
  const surroundings = { env: { ...ENV, TUNNEL: "HUNTER3" }, files: { tunnel: "HUNTER4\n" } };

  it("are secrets: nothing printed shows one, and what is kept elsewhere shows where", async () => {
    const configuration = await loaded(withRules(RULE), surroundings);
    const text = redacted(configuration);
    expect(parse(text).clients[0].replyAttributes).toEqual([
      {
        attributes: {
          "Tunnel-Password": ["[redacted]", { fromEnv: "TUNNEL" }, { fromFile: "tunnel" }],
          "Filter-Id": "staff",
        },
      },
    ]);
    const printed = [
      text,
      JSON.stringify(configuration),
      inspect(configuration, { depth: 12, showHidden: true }),
    ].join();
    expect(printed).not.toMatch(/HUNTER|48554e544552|72, 85, 78, 84/);
    const octets = Buffer.from(configuration.clients[0]?.replyAttributes[0]?.attributes.reveal() ?? []);
    for (const secret of ["HUNTER2", "HUNTER3", "HUNTER4"]) expect(octets.toString("latin1")).toContain(secret);
  });

  it("count in digests, and as secrets of the files they are in", async () => {
    const one = await loaded(withRules(RULE), surroundings);
    const other = await loaded(withRules(RULE), { ...surroundings, env: { ...surroundings.env, TUNNEL: "HUNTER5" } });
    expect(revealingJson(one.clients)).not.toBe(revealingJson(other.clients));
    expect(secretFilesOf(one)).toMatchObject({ inline: true, files: [expect.stringMatching(/tunnel$/)] });
    const none = await loaded(withRules("- attributes: { Filter-Id: staff }"), surroundings);
    expect(secretFilesOf(none)).toEqual({ inline: false, files: [] });
  });

  it.each([
    "- attributes: { Tunnel-Password: one,HUNTER2 }",
    "- attributes: { Tunnel-Password: { HUNTER2: x } }",
    "- attributes: { Tunnel-Password: one,HUNTER2: x }",
    "- attributes: { Tunnel-Password: [ [ HUNTER2 ] ] }",
    `- attributes: { Tunnel-Password: ${"HUNTER2".repeat(40)} }`,
    "- attributes: { Tunnel-Type: HUNTER2, Service-Type: HUNTER2, Session-Timeout: HUNTER2 }",
  ])("and values on the whole are not quoted by errors: %s", async (rule) => {
    expect((await wrongRules(rule)).join()).not.toContain("HUNTER2");
  });
});

describe("groups of users", () => {
  it("are lower-cased, each once and sorted, in both files", async () => {
    const yaml = "users: [ { name: a, groups: [ VPN, ops, vpn ] }, { name: b } ]\nusersFile: users.csv";
    const configuration = await loaded(yaml, { files: { "users.csv": "name,groups\nc,Ops; VPN;;ops\nd,\n" } });
    const groups: (readonly string[])[] = [];
    for await (const user of readUsers(configuration)) groups.push(user.ok ? user.value.groups : []);
    expect(groups).toEqual([["ops", "vpn"], [], ["ops", "vpn"], []]);
  });

  it("have names that both files can hold", async () => {
    const yaml = 'users: [ { name: a, groups: [ "a;b", " a", "", "a\\tb" ] } ]';
    expect((await refused(yaml)).map((error) => error.replace(/^.*(groups\[)/, "$1"))).toEqual([
      "groups[0]: must not contain a ;, which separates groups in users.csv",
      "groups[1]: must not begin or end with a space",
      "groups[2]: must not be empty",
      "groups[3]: must not contain control characters",
    ]);
    const configuration = await loaded("usersFile: users.csv", {
      files: { "users.csv": `name,groups\na,${"x".repeat(257)}\n` },
    });
    const results = [];
    for await (const user of readUsers(configuration)) results.push(user);
    expect(results).toMatchObject([{ ok: false, failure: { path: "groups", line: 2, column: 2 } }]);
  });
});
