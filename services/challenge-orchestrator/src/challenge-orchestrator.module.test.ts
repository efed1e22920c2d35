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
import {
  answerPlace,
  type ExchangeId,
  encodeContext,
  fileUserIdOf,
  type GatewayId,
  type LoginContext,
  MemoryPendingStore,
  PendingStoreModule,
  type Reply,
  ReplySealer,
  StateSealer,
  type UserKey,
  userKeyOf,
} from "@portcullis/login";
import {
  ChallengeAnsweredSchema,
  ClientChangedSchema,
  CredentialKind,
  FailMode,
  type LoginDecided,
  LoginDecidedSchema,
  MfaDemand,
  PrimaryDecidedSchema,
  PrimaryOutcome,
  ResultCode,
  UserChangedSchema,
} from "@portcullis/proto";
import { eventually } from "@portcullis/testkit";
import { generateSync } from "otplib";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ChallengeEnvironment, ChallengeOrchestratorModule, challengeSettings } from "./index.js";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const CONFIGURATION = `
radius: { listen: [{ address: 127.0.0.1, authPort: 1812 }] }
clients: []
targets: []
users: [{ name: alice, tokens: [{ serial: T1, type: totp, secret: ${SECRET} }] }]
`;
const START_LIMIT_MS = 60_000;

const key = () => createSecretKey(randomBytes(32));
const keyRing: KeyRing = { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
const random = new PooledRandom();
const sealer = new Sealer(keyRing, random);
const digest = new KeyedDigest(keyRing.digest);
const userId = fileUserIdOf(digest, "alice");
const userKey = userKeyOf(digest, "alice");
const bus = new InProcessBus();
const store = new MemoryPendingStore(systemClock);
const metrics = new Registry();
const decided: LoginDecided[] = [];

/** A file that never changes, read already. */
function fixed(result: ConfigurationReading["result"]): ConfigurationSource {
  return { read: () => Promise.resolve({ version: 1, result }), changedSince: () => Promise.resolve(false) };
}

let databases: Databases;
let app: Awaited<ReturnType<typeof createApplication>>;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "challenge-orchestrator-"));
  await writeFile(join(folder, "portcullis.yaml"), CONFIGURATION);
  const loaded = await loadConfiguration(join(folder, "portcullis.yaml"), { env: {} });
  await rm(folder, { recursive: true });
  if (!loaded.ok) throw new Error(loaded.failure.map((error) => error.message).join());
  databases = await openPglite("memory://");
  const parts = { clock: systemClock, log: createLog("test", "silent") };
  const readiness = new Readiness();
  const platform = { ...parts, metrics, bus, databases, random, keyRing, readiness };
  const server = new InProcessServer(bus, { ...parts, metrics: createEventMetrics(metrics) });
  const settings = challengeSettings(ChallengeEnvironment.parse({}));
  const module = ChallengeOrchestratorModule.of({ settings, configuration: fixed(loaded) });
  app = await createApplication(platform, { kind: "private-socket" }, [PendingStoreModule.of(store), module], server);
  await app.init();
  bus.subscribe(topicOf(LoginDecidedSchema).name, async (_key, event) => void decided.push(event as LoginDecided));
  const rule = {
    name: "client",
    mfa: MfaDemand.ON,
    requireUserMatch: true,
    methods: { methods: ["oath"] },
    failMode: FailMode.SECURE,
    fallback: false,
    trustedNetworks: { networks: [] },
    remember: { rules: [] },
    methodWords: true,
    appMatch: false,
  };
  const client = { name: "vpn", generation: 1n, rules: [rule], challengeTimeLimitMs: 60_000 };
  await bus.publishState(ClientChangedSchema, "vpn", create(ClientChangedSchema, client));
  await eventually(() => readiness.missing().length === 0, { what: "the module is ready", timeoutMs: 10_000 });
}, START_LIMIT_MS);

afterAll(async () => {
  await app.close();
  await store.close();
  await databases.close();
});

async function claim(login?: string): Promise<LoginContext> {
  const exchangeId = random.bytes(16).toString("hex") as ExchangeId;
  const loginId = (login ?? exchangeId) as LoginContext["loginId"];
  const gatewayId = "aa".repeat(16) as GatewayId;
  const [claimedAtMs, deadlineMs] = [Date.now(), Date.now() + 30_000];
  const place = { loginId, exchangeId, userKey, gatewayId, client: "vpn", station: "laptop" };
  const context = { ...place, userName: "alice", sourceAddress: "127.0.0.1", claimedAtMs, deadlineMs };
  const limits = { timeLimitMs: 30_000, keepMs: 30_000, maxExchanges: 100, startsLogin: login === undefined };
  await store.claim({ ...context, ...limits, slot: exchangeId, context: encodeContext(context) });
  return context;
}

async function replyTo(context: { userKey: UserKey; exchangeId: ExchangeId }): Promise<Reply> {
  const sealed = await eventually(async () => (await store.replies([context]))[0], {
    what: "a reply",
    timeoutMs: 5_000,
  });
  const reply = new ReplySealer(sealer).open(context, sealed);
  if (reply === undefined) throw new Error("The reply does not open.");
  return reply;
}

const message = (context: LoginContext) => ({
  ...context,
  claimedAtMs: BigInt(context.claimedAtMs),
  deadlineMs: BigInt(context.deadlineMs),
});

async function primary(): Promise<Reply> {
  const context = await claim();
  const proof = { credential: CredentialKind.PASSWORD, credentialDigest: context.loginId };
  const proven = { userId, userKnown: true, outcome: PrimaryOutcome.ACCEPTED, ...proof };
  const event = create(PrimaryDecidedSchema, { context: message(context), ...proven });
  await bus.publish(PrimaryDecidedSchema, userId, event);
  return replyTo(context);
}

describe("ChallengeOrchestratorModule", () => {
  it("takes a login from the first factor to its end, with what it imported and what it was told", async () => {
    const prompt = await primary();
    expect(prompt.verdict).toBe("challenge");
    const token = new StateSealer(sealer).open(prompt.state, { client: "vpn", userKey });
    if (token === undefined) throw new Error("The State does not open.");
    const context = await claim(token.loginId);
    const code = generateSync({ secret: SECRET });
    const sealedAnswer = sealer.seal(Buffer.from(code), answerPlace(context.exchangeId));
    const answered = create(ChallengeAnsweredSchema, { context: message(context), userId, round: 1, sealedAnswer });
    await bus.publish(ChallengeAnsweredSchema, userId, answered);
    expect((await replyTo(context)).verdict).toBe("accept");
    await eventually(() => decided.length === 1, { what: "the login's end", timeoutMs: 5_000 });
    expect(decided[0]).toMatchObject({ userId, tokenSerial: "T1", resultCode: ResultCode.SUCCESS_OATH_CODE_VERIFIED });
    const counted = await metrics.getSingleMetricAsString("portcullis_logins_total");
    expect(counted).toContain('{client="vpn",result_code="SUCCESS_OATH_CODE_VERIFIED"} 1');
  });

  it("rejects a user as soon as it hears that she is switched off", async () => {
    const disabled = create(UserChangedSchema, { userId, generation: 1n, loginName: "alice", enabled: false });
    await bus.publishState(UserChangedSchema, userId, disabled);
    expect((await primary()).verdict).toBe("reject");
    await eventually(() => decided.length === 2, { what: "the login's end", timeoutMs: 5_000 });
    expect(decided[1]).toMatchObject({ userId, resultCode: ResultCode.FAILED_USER_DISABLED });
  });
});
