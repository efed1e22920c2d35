import { createSecretKey, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Configuration, loadConfiguration } from "@portcullis/configuration";
import { createLog, KeyedDigest } from "@portcullis/kit";
import { fileUserIdOf, type UserId } from "@portcullis/login";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ImportPasswords } from "./import-passwords.js";
import type { FilePasswordStore, PasswordHasher, StoredPassword } from "./ports.js";

const REST = "radius: { listen: [{ address: 127.0.0.1, authPort: 1812 }] }\nclients: []\ntargets: []\n";
const PHC = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
const digest = new KeyedDigest(createSecretKey(randomBytes(32)));

class MemoryPasswords implements FilePasswordStore {
  readonly hashes = new Map<UserId, string>();
  digest: string | undefined;

  importedDigest(): Promise<string | undefined> {
    return Promise.resolve(this.digest);
  }
  setImportedDigest(text: string): Promise<void> {
    this.digest = text;
    return Promise.resolve();
  }
  all(): Promise<readonly StoredPassword[]> {
    return Promise.resolve([...this.hashes].map(([userId, hash]) => ({ userId, hash })));
  }
  put(passwords: readonly StoredPassword[]): Promise<void> {
    for (const { userId, hash } of passwords) this.hashes.set(userId, hash);
    return Promise.resolve();
  }
  remove(userIds: readonly UserId[]): Promise<void> {
    for (const userId of userIds) this.hashes.delete(userId);
    return Promise.resolve();
  }
}

let folder: string;
let store: MemoryPasswords;
let work: string[];
let logged: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "authn-primary-"));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  store = new MemoryPasswords();
  work = [];
  logged = [];
});

const textOf = (password: Uint8Array): string => Buffer.from(password).toString();
const hasher: PasswordHasher = {
  decoy: "decoy",
  hash: (password) => {
    work.push(`hash ${textOf(password)}`);
    return Promise.resolve(`hash of ${textOf(password)}`);
  },
  verify: (hash, password) => {
    work.push(`verify ${textOf(password)}`);
    return Promise.resolve(hash === `hash of ${textOf(password)}`);
  },
};

async function configurationWith(users: string): Promise<Configuration> {
  const file = join(folder, "portcullis.yaml");
  await writeFile(file, `${REST}${users}\n`);
  const loaded = await loadConfiguration(file, { env: {} });
  if (!loaded.ok) throw new Error(loaded.failure.map((error) => error.message).join());
  return loaded.value;
}

async function run(users: string, signal: AbortSignal = new AbortController().signal): Promise<void> {
  const log = createLog("test", "info", { write: (line: string) => void logged.push(JSON.parse(line).event) });
  const importPasswords = new ImportPasswords({ store, hasher, digest, log, onProgress: () => undefined });
  await importPasswords.run(await configurationWith(users), signal);
}

const kept = () => Object.fromEntries(store.hashes);
const idOf = (loginName: string) => fileUserIdOf(digest, loginName);

describe("ImportPasswords", () => {
  it("hashes what is plain, keeps a hash as it is, and does nothing for a user without either", async () => {
    await run(
      `users: [{ name: 'CORP\\Alice', password: hörse }, { name: bob, passwordHash: '${PHC}' }, { name: carol }]`,
    );
    expect(kept()).toEqual({ [idOf("alice")]: "hash of hörse", [idOf("bob")]: PHC });
    expect(work).toEqual(["hash hörse"]);
  });

  it("does not look at an unchanged file again", async () => {
    await run("users: [{ name: alice, password: horse }]");
    work = [];
    await run("users: [{ name: alice, password: horse }] # the same");
    expect(work).toEqual([]);
    expect(logged).toEqual(["passwords.imported", "passwords.file_unchanged"]);
  });

  it("hashes only the password that changed", async () => {
    await run("users: [{ name: alice, password: horse }, { name: bob, password: staple }]");
    work = [];
    await run("users: [{ name: alice, password: horse }, { name: bob, password: battery }]");
    expect(work).toEqual(["verify horse", "verify battery", "hash battery"]);
    expect(kept()).toEqual({ [idOf("alice")]: "hash of horse", [idOf("bob")]: "hash of battery" });
  });

  it("removes the passwords of who is gone or has none any more", async () => {
    await run(
      "users: [{ name: alice, password: horse }, { name: bob, password: staple }, { name: carol, password: x }]",
    );
    await run("users: [{ name: alice, password: horse }, { name: bob }]");
    expect(Object.keys(kept())).toEqual([idOf("alice")]);
  });

  it("leaves everything as it was when anything is wrong in the file", async () => {
    await writeFile(join(folder, "users.csv"), "name,password\nbob,staple\n");
    await run("users: []\nusersFile: users.csv");
    const before = kept();
    await writeFile(join(folder, "users.csv"), "name,password\nbob,battery\nBOB,horse\n");
    await run("users: []\nusersFile: users.csv");
    await rm(join(folder, "users.csv"));
    await run("users: []\nusersFile: users.csv");
    expect(kept()).toEqual(before);
    expect(logged).toEqual(["passwords.imported", "passwords.file_refused", "passwords.file_refused"]);
  });

  it("goes on at the next start when it was stopped in between", async () => {
    const leaving = new AbortController();
    leaving.abort();
    await run("users: [{ name: alice, password: horse }]", leaving.signal);
    expect(store.digest).toBeUndefined();
    await run("users: [{ name: alice, password: horse }]");
    expect(kept()).toEqual({ [idOf("alice")]: "hash of horse" });
  });
});
