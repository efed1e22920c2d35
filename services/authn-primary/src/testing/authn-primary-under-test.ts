import { createSecretKey, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
  type ExchangeId,
  MemoryPendingStore,
  PendingStoreModule,
  passwordPlace,
  requestAttributesPlace,
} from "@portcullis/login";
import { LoginRequestedSchema, type PrimaryDecided, PrimaryDecidedSchema } from "@portcullis/proto";
import { octetsOf, textAttribute } from "@portcullis/radius";
import { Registry } from "prom-client";
import { AuthnPrimaryModule } from "../index.js";

const READY_LIMIT_MS = 10_000;
const READY_POLL_MS = 10;

/** A new database takes seconds of one core, and on a busy machine many more. */
export const PGLITE_START_MS = 90_000;
const DEADLINE_MS = 60_000;
const USER_NAME = 1;

export interface LoginToTry {
  readonly userName: string;
  readonly password?: string | undefined;
  readonly client?: string;
  readonly userKey?: string;
}

/** The whole service on the in-process bus, as the embedded mode runs it. */
export class AuthnPrimaryUnderTest {
  readonly bus = new InProcessBus();
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
  readonly #random = new PooledRandom();
  readonly #store = new MemoryPendingStore(systemClock);
  readonly #waiting = new Map<string, (event: PrimaryDecided) => void>();
  readonly #keyRing: KeyRing;
  #databases: Databases | undefined;
  #app: Awaited<ReturnType<typeof createApplication>> | undefined;

  private constructor() {
    const key = () => createSecretKey(randomBytes(32));
    this.#keyRing = { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
    this.sealer = new Sealer(this.#keyRing, this.#random);
    this.digest = new KeyedDigest(this.#keyRing.digest);
  }

  /** @param configuration text of `portcullis.yaml`, whose passwords are imported */
  static async start(configuration: string): Promise<AuthnPrimaryUnderTest> {
    const service = new AuthnPrimaryUnderTest();
    await service.#start(await sourceOf(configuration));
    return service;
  }

  async stop(): Promise<void> {
    await this.#app?.close();
    await this.#databases?.close();
    await this.#store.close();
  }

  /** One login; each has a user key of its own where nothing is said. Resolves with the decision. */
  async login({ userName, password, client = "vpn", userKey }: LoginToTry): Promise<PrimaryDecided> {
    const exchangeId = this.#random.bytes(16).toString("hex") as ExchangeId;
    const key = userKey ?? `key of ${userName}`;
    const deadlineMs = BigInt(Date.now() + DEADLINE_MS);
    const context = { loginId: exchangeId, exchangeId, userKey: key, client, userName, deadlineMs };
    const attributes = octetsOf(textAttribute(USER_NAME, userName));
    const event = create(LoginRequestedSchema, {
      context,
      sealedPassword:
        password === undefined ? new Uint8Array() : this.sealer.seal(Buffer.from(password), passwordPlace(exchangeId)),
      sealedAttributes: this.sealer.seal(attributes, requestAttributesPlace(exchangeId)),
    });
    const decided = new Promise<PrimaryDecided>((resolve) => this.#waiting.set(exchangeId, resolve));
    await this.bus.publish(LoginRequestedSchema, key, event);
    return decided;
  }

  async #start(configuration: ConfigurationSource): Promise<void> {
    const { bus } = this;
    this.#databases = await openPglite("memory://");
    const parts = { clock: systemClock, log: createLog("test", "silent"), metrics: new Registry() };
    const readiness = new Readiness();
    const shared = { bus, databases: this.#databases, random: this.#random, keyRing: this.#keyRing, readiness };
    const server = new InProcessServer(bus, { ...parts, metrics: createEventMetrics(parts.metrics) });
    const modules = [PendingStoreModule.of(this.#store), AuthnPrimaryModule.of({ configuration })];
    this.#app = await createApplication({ ...parts, ...shared }, { kind: "private-socket" }, modules, server);
    await this.#app.init();
    const endMs = performance.now() + READY_LIMIT_MS;
    while (readiness.missing().length > 0) {
      if (performance.now() > endMs) throw new Error(`The module is not ready: ${readiness.missing().join(", ")}.`);
      await sleep(READY_POLL_MS);
    }
    bus.subscribe(topicOf(PrimaryDecidedSchema).name, (_key, event) => {
      const decided = event as PrimaryDecided;
      this.#waiting.get(decided.context?.exchangeId ?? "")?.(decided);
      return Promise.resolve();
    });
  }
}

/** A file that never changes, read already. */
async function sourceOf(text: string): Promise<ConfigurationSource> {
  const folder = await mkdtemp(join(tmpdir(), "authn-primary-"));
  await writeFile(join(folder, "portcullis.yaml"), text);
  const result: ConfigurationReading["result"] = await loadConfiguration(join(folder, "portcullis.yaml"), { env: {} });
  await rm(folder, { recursive: true });
  if (!result.ok) throw new Error(result.failure.map((error) => error.message).join());
  return { read: () => Promise.resolve({ version: 1, result }), changedSince: () => Promise.resolve(false) };
}
