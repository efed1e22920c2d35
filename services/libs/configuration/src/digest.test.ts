import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { loaded, type Surroundings, shown } from "../test/files.js";
import { usersDigest } from "./index.js";

async function digestOf(yaml: string, surroundings: Surroundings = {}): Promise<string> {
  const digest = await usersDigest(await loaded(yaml, surroundings));
  if (!digest.ok) throw new Error(digest.failure.message);
  return digest.value;
}

const YAML = "users: [ { name: a, password: { fromEnv: P }, tokens: [ { serial: T, secret: JBSWY3DPEHPK3PXP } ] } ]";

test("the same content has the same digest, whatever folder it is in and however it is written", async () => {
  const digest = await digestOf(YAML, { env: { P: "x" } });
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(await digestOf(`# a comment\n${YAML}`, { env: { P: "x" } })).toBe(digest);
  expect(await digestOf(YAML.replace("{ fromEnv: P }", "x"), { env: {} })).toBe(digest);
});

test("what is no user does not count", async () => {
  const env = { P: "x" };
  const other = `targets: [ { name: t, type: none } ]\n${YAML}`;
  expect(await digestOf(other, { env })).toBe(await digestOf(YAML, { env }));
});

test("a change of any part of the users changes it", async () => {
  const env = { P: "x" };
  const files = { "users.csv": "name\nb\n" };
  const digests = await Promise.all([
    digestOf(YAML, { env }),
    digestOf(YAML, { env: { P: "y" } }),
    digestOf(YAML.replace("PXP", "PXQ"), { env }),
    digestOf(YAML.replace("name: a", "name: b"), { env }),
    digestOf(`${YAML}\nusersFile: users.csv`, { env, files }),
    digestOf(`${YAML}\nusersFile: users.csv`, { env, files: { "users.csv": "name\nc\n" } }),
  ]);
  expect(new Set(digests).size).toBe(digests.length);
});

test("a users file that is away is a failure", async () => {
  const configuration = await loaded("usersFile: users.csv");
  const digest = await usersDigest(configuration);
  expect(digest.ok ? [] : shown([digest.failure])).toEqual(["users.csv: the file does not exist"]);
  await writeFile(configuration.usersFile ?? "", "name\n");
  expect(await usersDigest(configuration)).toMatchObject({ ok: true });
});
