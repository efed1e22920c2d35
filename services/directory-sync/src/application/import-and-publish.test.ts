import { createSecretKey, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Configuration, loadConfiguration } from "@portcullis/configuration";
import { createLog, type Database, type Databases, KeyedDigest, openPglite, query, Unavailable } from "@portcullis/kit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { migrations, SCHEMA } from "../adapters/postgres/migrations.js";
import { PostgresUserStore } from "../adapters/postgres/postgres-user-store.js";
import type { KeptUser } from "../domain/user.js";
import { ImportUsers } from "./import-users.js";
import type { OnProgress } from "./ports.js";
import { PublishUsers } from "./publish-users.js";

/** A new database takes seconds of one core, and on a busy machine many more. */
const PGLITE_START_MS = 90_000;

const REST = "radius: { listen: [{ address: 127.0.0.1, authPort: 1812 }] }\nclients: []\ntargets: []\n";
const never = new AbortController().signal;
const digest = new KeyedDigest(createSecretKey(randomBytes(32)));

let folder: string;
let databases: Databases;
let db: Database<never>;
let store: PostgresUserStore;
let logged: string[];
let announced: KeptUser[];
let progress: Parameters<OnProgress>[0][];
let announce: (user: KeptUser) => Promise<void>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "directory-sync-"));
  databases = await openPglite("memory://");
  db = await databases.open<never>(SCHEMA, migrations);
}, PGLITE_START_MS);
afterAll(async () => {
  await databases.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await query(db, "truncate directory_sync.users, directory_sync.imports", []);
  store = new PostgresUserStore(db);
  logged = [];
  announced = [];
  progress = [];
  announce = (user) => Promise.resolve(void announced.push(user));
});

async function configurationWith(users: string): Promise<Configuration> {
  const file = join(folder, "portcullis.yaml");
  await writeFile(file, `${REST}${users}\n`);
  const loaded = await loadConfiguration(file, { env: {} });
  if (!loaded.ok) throw new Error(loaded.failure.map((error) => error.message).join());
  return loaded.value;
}

const onProgress: OnProgress = (step) => void progress.push(step);

async function run(configuration: Configuration): Promise<void> {
  const destination = { write: (line: string) => void logged.push(JSON.parse(line).event) };
  const log = createLog("test", "info", destination);
  await new ImportUsers({ store, digest, log, onProgress }).run(configuration, never);
  await new PublishUsers(store, { announce: (user) => announce(user) }, onProgress).run(never);
}

const summary = () =>
  announced.map(({ loginName, generation, enabled, removed }) => ({ loginName, generation, enabled, removed }));

describe("import of the file's users", () => {
  it("announces each user once, under the id that her name gives", async () => {
    const configuration = await configurationWith("users: [{ name: 'CORP\\Alice' }, { name: bob, enabled: false }]");
    await run(configuration);
    await run(configuration);
    expect(announced.map((user) => user.userId)).toEqual(
      announced.map((user) => digest.hex("file-user-id", user.loginName)),
    );
    expect(summary()).toHaveLength(2);
    expect(summary()).toEqual(
      expect.arrayContaining([
        { loginName: "alice", generation: 1, enabled: true, removed: false },
        { loginName: "bob", generation: 1, enabled: false, removed: false },
      ]),
    );
    expect(logged).toEqual(["users.imported", "users.file_unchanged"]);
  });

  it("announces only who changed, and who is gone as removed", async () => {
    await run(await configurationWith("users: [{ name: alice }, { name: bob }, { name: carol }]"));
    announced = [];
    await run(await configurationWith("users: [{ name: alice }, { name: bob, enabled: false }]"));
    expect(summary()).toHaveLength(2);
    expect(summary()).toEqual(
      expect.arrayContaining([
        { loginName: "bob", generation: 2, enabled: false, removed: false },
        { loginName: "carol", generation: 2, enabled: true, removed: true },
      ]),
    );
  });

  it("removes all users for a file that lists none, with a warning", async () => {
    await run(await configurationWith("users: [{ name: alice }]"));
    announced = [];
    await run(await configurationWith("users: []"));
    expect(summary()).toEqual([{ loginName: "alice", generation: 2, enabled: true, removed: true }]);
    expect(logged).toContain("users.file_empty");
  });

  it("reads both files, and leaves everything as it was when one row is wrong or the file is gone", async () => {
    const csv = join(folder, "users.csv");
    await writeFile(csv, "name\nbob\ncarol\n");
    await run(await configurationWith("users: [{ name: alice }]\nusersFile: users.csv"));
    expect(announced.map((user) => user.loginName).toSorted()).toEqual(["alice", "bob", "carol"]);
    announced = [];
    await writeFile(csv, "name\nbob\nALICE\n");
    const configuration = await configurationWith("users: [{ name: alice }]\nusersFile: users.csv");
    await run(configuration);
    await rm(csv);
    await run(configuration);
    expect(announced).toEqual([]);
    expect(await store.unpublished(10)).toEqual([]);
    expect(logged.slice(-2)).toEqual(["users.file_refused", "users.file_refused"]);
    await writeFile(csv, "name\nbob\n");
    await run(configuration);
    expect(summary()).toEqual([{ loginName: "carol", generation: 2, enabled: true, removed: true }]);
  });

  it("announces again what a crash or a broker that is away left unannounced", async () => {
    const configuration = await configurationWith("users: [{ name: alice }, { name: bob }]");
    const working = announce;
    announce = (user) => (user.loginName === "bob" ? Promise.reject(new Unavailable("no broker")) : working(user));
    await expect(run(configuration)).rejects.toThrow("no broker");
    announce = working;
    announced = [];
    await run(configuration);
    expect(summary()).toEqual([{ loginName: "bob", generation: 1, enabled: true, removed: false }]);
  });

  it("announces a bounded number at once, and tells how far it is", async () => {
    await writeFile(
      join(folder, "users.csv"),
      ["name", ...Array.from({ length: 2_100 }, (_, i) => `u${i}`)].join("\n"),
    );
    let underWay = 0;
    let most = 0;
    announce = async () => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
    };
    await run(await configurationWith("users: []\nusersFile: users.csv"));
    expect(most).toBe(500);
    expect(progress).toEqual([
      { done: 1_000, total: undefined },
      { done: 2_000, total: undefined },
      ...[500, 1_000, 1_500, 2_000, 2_100].map((done) => ({ done, total: 2_100 })),
    ]);
    expect(await store.countUnpublished()).toBe(0);
  });
});
