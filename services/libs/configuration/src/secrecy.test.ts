import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { writeFiles } from "../test/files.js";
import { checkUsers, formatErrors, loadConfiguration, redacted } from "./index.js";

/** Each secret of the files below holds it, so that whatever quotes a secret is found out. */
const MARKER = "HUNTER2";
const SEED = `${MARKER}JBSWY3DPEHPK3PXPA`;
const HASH = `$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$${MARKER}MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3`;

const YAML = `radius: { listen: [ { address: 127.0.0.1, authPort: 1812 } ] }
clients:
  - name: vpn
    address: 127.0.0.1/32
    secret: ${MARKER}-shared
    target: local
    replyAttributes:
      - groups: [ staff ]
        attributes: { Tunnel-Password: ${MARKER}-tunnel, Class: OU=Staff; }
  - { name: wifi, addresses: [ "2001:db8::/32" ], secrets: [ ${MARKER}-new, "${MARKER}-old" ], target: local }
targets:
  - { name: local, type: local }
users:
  - name: alice
    password: ${MARKER} horse
    tokens: [ { serial: T1, secret: ${SEED} } ]
  - { name: bob, passwordHash: "${HASH}" }
  - { name: carol, password: { fromEnv: CAROL } }
  - { name: dave, password: { fromFile: dave } }
notifications:
  publicUrl: https://mfa.corp.example
  providers:
    - { name: sms, type: smpp, host: smsc, systemId: corp, password: ${MARKER}-smpp, from: Corp }
    - name: web
      type: http
      url: https://sms.example
      headers: { Authorization: Bearer ${MARKER}, X-Key: "${MARKER}=" }
      body: "{{to}} {{text}}"
    - { name: mail, type: smtp, host: mail, user: mfa, password: ${MARKER} smtp, from: mfa@corp.example }
usersFile: users.csv
`;

const CSV = `name,password,passwordHash,serial,secret
eve,"${MARKER}, x",,T2,${SEED}
frank,,"${HASH}",,
grace,${MARKER},,,
`;

/** Everything that could be printed of a configuration or of the refusal of one. */
async function printed(yaml: string, csv: string, env: string): Promise<string> {
  const folder = await writeFiles({ "portcullis.yaml": yaml, "users.csv": csv, dave: env });
  const result = await loadConfiguration(join(folder, "portcullis.yaml"), { env: { CAROL: env } });
  if (!result.ok) return `${formatErrors(result.failure)}\n${inspect(result, { depth: 9 })}`;
  const configuration = result.value;
  const users = await checkUsers(configuration);
  return [
    redacted(configuration),
    formatErrors(configuration.warnings),
    formatErrors(users.ok ? [] : users.failure),
    JSON.stringify([configuration, users]),
    inspect([configuration, users], { depth: 9, showHidden: true }),
  ].join("\n");
}

test("the right files are accepted, and nothing printed of them holds a secret", async () => {
  const text = await printed(YAML, CSV, MARKER);
  expect(text).toContain("clients");
  expect(text).toContain("users: 7");
  expect(text).not.toContain(MARKER);
});

/** What people do to a file by mistake: characters taken out, doubled, or put in. The marker itself stays whole. */
const breakages = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    removed: fc.integer({ min: 0, max: 3 }),
    inserted: fc.constantFrom(
      "",
      "",
      " ",
      "\n",
      ":",
      ": ",
      "#",
      " #",
      '"',
      "'",
      ",",
      "{",
      "}",
      "[",
      "]",
      "-",
      "*",
      "&",
      "!",
      "|",
      "\t",
      "\\",
      "@",
      "`",
      "%",
      "a",
      "null",
      "0",
      "\0",
    ),
  }),
  { minLength: 1, maxLength: 3 },
);

function broken(text: string, changes: readonly { at: number; removed: number; inserted: string }[]): string {
  let result = text;
  for (const { at, removed, inserted } of changes) {
    const offset = Math.floor(at * result.length);
    const changed = result.slice(0, offset) + inserted + result.slice(offset + removed);
    // A marker that is torn apart could no longer be found.
    if (changed.split(MARKER).length === result.split(MARKER).length) result = changed;
  }
  return result;
}

test("whatever is broken around the secrets of the YAML file, no error shows one", async () => {
  await fc.assert(
    fc.asyncProperty(breakages, async (changes) => {
      expect(await printed(broken(YAML, changes), CSV, MARKER)).not.toContain(MARKER);
    }),
    { numRuns: 300 },
  );
}, 60_000);

test("whatever is broken around the secrets of users.csv, no error shows one", async () => {
  await fc.assert(
    fc.asyncProperty(breakages, async (changes) => {
      const text = await printed("usersFile: users.csv", broken(CSV, changes), MARKER);
      expect(text).not.toContain(MARKER);
    }),
    { numRuns: 300 },
  );
}, 60_000);

test.each([
  `users: [ { name: a, password: one,${MARKER} } ]`,
  `users: [ { name: a, password: { ${MARKER}: x } } ]`,
  `users: [ { name: a, password: *${MARKER} } ]`,
  `users: [ { name: a, password: !${MARKER} } ]`,
  `users: [ { name: a, password: "\\q${MARKER}" } ]`,
  `users:\n- name: a\n  password: ${MARKER}: x`,
  `clients: [ { name: a, address: "::1", target: t, secrets: [ ${MARKER}: 1 ] } ]`,
])("a secret without the quotes that it needs: %s", async (yaml) => {
  const text = await printed(yaml, CSV, MARKER);
  expect(text).toContain("portcullis.yaml:");
  expect(text).not.toContain(MARKER);
});

test.each([
  `name,password\na,${MARKER}"x\n`,
  `name,password\na,"${MARKER}"x\n`,
  `name,password\na,"${MARKER}\n`,
  `name,password\na,${MARKER},x\n`,
  `name,${MARKER}\n`,
  `name,password\n${MARKER},x\n${MARKER}@corp,x\n`,
])("a row of users.csv that is none: %j", async (csv) => {
  const text = await printed("usersFile: users.csv", csv, MARKER);
  expect(text).toContain("users.csv:");
  expect(text).not.toContain(MARKER);
});

test("a secret that is wrong itself is not quoted, wherever it is kept", async () => {
  for (const wrong of [`${MARKER}\0`, MARKER.repeat(100), `\n${MARKER}\n`, `{ ${MARKER}: 1 }`]) {
    const yaml = YAML.replace(`${MARKER} horse`, JSON.stringify(wrong)).replace(SEED, JSON.stringify(wrong));
    expect(await printed(yaml, CSV, wrong)).not.toContain(MARKER);
  }
});

const YAML_SIGNS = "{ } [ ] : , - & * ! | > ' # % @ a 1 ~ ? . < =".split(" ").concat('"', " ", "\n", "\t");

test("random text and random YAML never throw", async () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.string({ unit: fc.constantFrom(...YAML_SIGNS), maxLength: 60 }),
    fc.json({ maxDepth: 4 }),
    fc
      .dictionary(fc.constantFrom("radius", "clients", "targets", "users", "usersFile", "listen", "x"), fc.jsonValue())
      .map((content) => JSON.stringify(content)),
  );
  await fc.assert(
    fc.asyncProperty(text, async (yaml) => {
      const folder = await writeFiles({ "portcullis.yaml": yaml });
      const result = await loadConfiguration(join(folder, "portcullis.yaml"), { env: {} });
      expect(result.ok || result.failure.length).toBeTruthy();
    }),
    { numRuns: 500 },
  );
}, 60_000);
