import { createSecretKey, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { type ConfigurationReading, type ConfigurationSource, loadConfiguration } from "@portcullis/configuration";
import {
  createApplication,
  createEventMetrics,
  createLog,
  type Databases,
  InProcessBus,
  InProcessServer,
  KeyedDigest,
  type KeyRing,
  openPglite,
  PooledRandom,
  Readiness,
  Sealer,
  systemClock,
  topicOf,
} from "@portcullis/kit";
import { type ExchangeId, fileUserIdOf, passwordPlace } from "@portcullis/login";
import {
  ClientChangedSchema,
  LoginRequestedSchema,
  type PrimaryDecided,
  PrimaryDecidedSchema,
  PrimaryOutcome,
  ResultCode,
  TargetChangedSchema,
  TargetType,
  UserChangedSchema,
} from "@portcullis/proto";
import { eventually } from "@portcullis/testkit";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuthnPrimaryModule } from "./index.js";

/** A new database takes seconds of one core, and on a busy machine many more. */
const PGLITE_START_MS = 90_000;

const CONFIGURATION = `
radius: { listen: [{ address: 127.0.0.1, authPort: 1812 }] }
clients: []
targets: []
users: [{ name: alice, password: correct horse }]
`;

const key = () => createSecretKey(randomBytes(32));
const keyRing: KeyRing = { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
const random = new PooledRandom();
const sealer = new Sealer(keyRing, random);
const digest = new KeyedDigest(keyRing.digest);
const aliceId = fileUserIdOf(digest, "alice");
const bus = new InProcessBus();
const waiting = new Map<string, (event: PrimaryDecided) => void>();

/** A file that never changes, read already. */
function fixed(result: ConfigurationReading["result"]): ConfigurationSource {
  return { read: () => Promise.resolve({ version: 1, result }), changedSince: () => Promise.resolve(false) };
}

let databases: Databases;
let app: Awaited<ReturnType<typeof createApplication>>;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "authn-primary-"));
  await writeFile(join(folder, "portcullis.yaml"), CONFIGURATION);
  const loaded = await loadConfiguration(join(folder, "portcullis.yaml"), { env: {} });
  await rm(folder, { recursive: true });
  if (!loaded.ok) throw new Error(loaded.failure.map((error) => error.message).join());
  databases = await openPglite("memory://");
  const parts = { clock: systemClock, log: createLog("test", "silent"), metrics: new Registry() };
  const readiness = new Readiness();
  const platform = { ...parts, bus, databases, random, keyRing, readiness };
  const server = new InProcessServer(bus, { ...parts, metrics: createEventMetrics(parts.metrics) });
  const modules = [AuthnPrimaryModule.of({ configuration: fixed(loaded) })];
  app = await createApplication(platform, { kind: "private-socket" }, modules, server);
  await app.init();
  await eventually(() => readiness.missing().length === 0, { what: "the module is ready", timeoutMs: 10_000 });
  await publishConfiguration();
  bus.subscribe(topicOf(PrimaryDecidedSchema).name, (_key, event) => {
    const decided = event as PrimaryDecided;
    waiting.get(decided.context?.exchangeId ?? "")?.(decided);
    return Promise.resolve();
  });
}, PGLITE_START_MS);
afterAll(async () => {
  await app.close();
  await databases.close();
});

async function publishConfiguration(): Promise<void> {
  const generation = 1n;
  const client = create(ClientChangedSchema, { name: "vpn", generation, target: "local" });
  const target = create(TargetChangedSchema, { name: "local", generation, type: TargetType.LOCAL });
  const alice = create(UserChangedSchema, { userId: aliceId, generation, loginName: "alice", enabled: true });
  await bus.publishState(ClientChangedSchema, "vpn", client);
  await bus.publishState(TargetChangedSchema, "local", target);
  await bus.publishState(UserChangedSchema, aliceId, alice);
}

async function login(userName: string, password: string | undefined): Promise<PrimaryDecided> {
  const exchangeId = random.bytes(16).toString("hex") as ExchangeId;
  const context = {
    loginId: exchangeId,
    exchangeId,
    userKey: "a key",
    client: "vpn",
    userName,
    deadlineMs: BigInt(Date.now() + 10_000),
  };
  const sealedPassword =
    password === undefined ? new Uint8Array() : sealer.seal(Buffer.from(password), passwordPlace(exchangeId));
  const decided = new Promise<PrimaryDecided>((resolve) => waiting.set(exchangeId, resolve));
  await bus.publish(LoginRequestedSchema, "a key", create(LoginRequestedSchema, { context, sealedPassword }));
  const event = await decided;
  expect(event.context).toMatchObject(context);
  return event;
}

describe("AuthnPrimaryModule", () => {
  it("decides logins with what it imported and what it was told", async () => {
    const known = { userId: aliceId, userKnown: true };
    const { ACCEPTED, REJECTED } = PrimaryOutcome;
    expect(await login("CORP\\Alice", "correct horse")).toMatchObject({
      ...known,
      outcome: ACCEPTED,
      resultCode: ResultCode.UNSPECIFIED,
      credentialDigest: digest.hex("credential", aliceId, "correct horse"),
    });
    expect(await login("alice", "correct horsf")).toMatchObject({
      ...known,
      outcome: REJECTED,
      resultCode: ResultCode.FAILED_PRIMARY_REJECTED,
      credentialDigest: "",
    });
    expect(await login("mallory", "correct horse")).toMatchObject({
      userId: "a key",
      userKnown: false,
      outcome: REJECTED,
      resultCode: ResultCode.FAILED_USER_UNKNOWN,
    });
    expect(await login("alice", undefined)).toMatchObject({
      outcome: REJECTED,
      resultCode: ResultCode.FAILED_REQUEST_INVALID,
    });
  });

  it("follows what changes: a user who is switched off", async () => {
    const off = create(UserChangedSchema, { userId: aliceId, generation: 2n, loginName: "alice", enabled: false });
    await bus.publishState(UserChangedSchema, aliceId, off);
    expect((await login("alice", "correct horse")).resultCode).toBe(ResultCode.FAILED_USER_DISABLED);
  });
});
