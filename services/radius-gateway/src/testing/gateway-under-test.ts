import { createSecretKey, randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import {
  createApplication,
  createEventMetrics,
  type Databases,
  InProcessBus,
  InProcessServer,
  KeyedDigest,
  type KeyRing,
  type Log,
  PooledRandom,
  Readiness,
  Sealer,
  systemClock,
  topicOf,
} from "@portcullis/kit";
import {
  clientSecretPlace,
  contextOf,
  type LoginContext,
  type PendingStore,
  PendingStoreModule,
  type Reply,
  ReplySealer,
  StateSealer,
} from "@portcullis/login";
import {
  type ChallengeAnswered,
  ChallengeAnsweredSchema,
  type ClientChanged,
  ClientChangedSchema,
  type LoginRequested,
  LoginRequestedSchema,
} from "@portcullis/proto";
import { Registry } from "prom-client";
import { RadiusGatewayModule, type RadiusGatewayOptions } from "../radius-gateway.module.js";

const KEEP_MS = 30_000;
const POLL_MS = 5;
const TIMEOUT_MS = 10_000;

const key = () => createSecretKey(randomBytes(32));

/** Keys that all gateways of one test share. */
export function testKeys() {
  const keyRing: KeyRing = { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
  const sealer = new Sealer(keyRing, new PooledRandom());
  return {
    keyRing,
    sealer,
    digest: new KeyedDigest(keyRing.digest),
    states: new StateSealer(sealer),
    replies: new ReplySealer(sealer),
  };
}

type TestKeys = ReturnType<typeof testKeys>;

/** What the gateway published. */
export type Published =
  | { readonly kind: "login"; readonly event: LoginRequested; readonly context: LoginContext }
  | { readonly kind: "answer"; readonly event: ChallengeAnswered; readonly context: LoginContext };

export interface GatewayTestOptions extends Partial<RadiusGatewayOptions> {
  readonly store: PendingStore;
  readonly keys: TestKeys;
  /** The services behind the gateway: what is to be replied; undefined for nothing, ever. */
  readonly decide: (published: Published) => Reply | undefined;
  readonly ready?: () => boolean;
}

/** A whole gateway with real sockets and Nest around it; behind it stands only `decide`. */
export class GatewayUnderTest {
  readonly published: Published[] = [];
  /** Event names with their fields, in order. */
  readonly logged: { readonly event: string; readonly fields: unknown }[] = [];
  readonly metrics = new Registry();
  readonly readiness = new Readiness();
  readonly bus = new InProcessBus();
  ports: readonly number[] = [];
  readonly #options: GatewayTestOptions;
  #app: Awaited<ReturnType<typeof createApplication>> | undefined;

  private constructor(options: GatewayTestOptions) {
    this.#options = options;
    this.readiness.add("what the test says", options.ready ?? (() => true));
  }

  static async start(options: GatewayTestOptions): Promise<GatewayUnderTest> {
    const gateway = new GatewayUnderTest(options);
    await gateway.#start();
    return gateway;
  }

  get port(): number {
    return this.ports[0] ?? 0;
  }

  async setClient(client: Partial<ClientChanged> & { readonly name: string; secrets?: readonly string[] }) {
    const { secrets = ["a shared secret"], ...changes } = client;
    const state = create(ClientChangedSchema, {
      generation: 1n,
      addresses: ["127.0.0.1/32"],
      sealedSecrets: secrets.map((secret) =>
        this.#options.keys.sealer.seal(Buffer.from(secret), clientSecretPlace(client.name)),
      ),
      requireMessageAuthenticator: true,
      limitProxyState: true,
      timeLimitMs: 20_000,
      maxExchanges: 1_000,
      maxRequestsPerSecond: 2_000,
      ...(changes as Partial<Omit<ClientChanged, "$typeName">>),
    });
    await this.bus.publishState(ClientChangedSchema, client.name, state);
  }

  removeClient(name: string): Promise<void> {
    return this.bus.publishState(ClientChangedSchema, name, undefined);
  }

  /** The value of one metric with exactly these labels; 0 when there is none. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const values = (await this.metrics.getSingleMetric(name)?.get())?.values ?? [];
    const wanted = JSON.stringify(labels);
    return values.find((one) => JSON.stringify(one.labels) === wanted)?.value ?? 0;
  }

  untilMetric(name: string, labels: Readonly<Record<string, string>>, value: number): Promise<void> {
    return this.until(async () => (await this.metric(name, labels)) === value);
  }

  untilPublished(count: number): Promise<void> {
    return this.until(() => this.published.length === count);
  }

  /** Fails when it does not become true within ten seconds. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    const until = performance.now() + TIMEOUT_MS;
    while (!(await holds())) {
      if (performance.now() > until)
        throw new Error(`It did not become true within ${TIMEOUT_MS} ms: ${holds.toString()}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async stop(): Promise<void> {
    await this.#app?.close();
  }

  async #start(): Promise<void> {
    const { store, keys, decide: _decide, ready: _ready, ...options } = this.#options;
    const note = (event: string, fields?: unknown): number => this.logged.push({ event, fields });
    const log: Log = { debug: () => undefined, info: note, warn: note, error: note };
    this.bus.subscribe(topicOf(LoginRequestedSchema).name, async (_key, event) => {
      const login = event as LoginRequested;
      await this.#decide({ kind: "login", event: login, context: contextOf(login.context) });
    });
    this.bus.subscribe(topicOf(ChallengeAnsweredSchema).name, async (_key, event) => {
      const answer = event as ChallengeAnswered;
      await this.#decide({ kind: "answer", event: answer, context: contextOf(answer.context) });
    });
    const parts = { clock: systemClock, log, metrics: this.metrics };
    const platform = {
      ...parts,
      bus: this.bus,
      databases: {} as Databases, // A gateway has none.
      random: new PooledRandom(),
      keyRing: keys.keyRing,
      readiness: this.readiness,
    };
    const server = new InProcessServer(this.bus, { ...parts, metrics: createEventMetrics(this.metrics) });
    const modules = [
      PendingStoreModule.of(store),
      RadiusGatewayModule.of({
        listen: [{ address: "127.0.0.1", port: 0 }],
        drainDelayMs: 0,
        drainGraceMs: 0,
        onListening: (addresses) => {
          this.ports = addresses.map((address) => Number(address.slice(address.lastIndexOf(":") + 1)));
        },
        ...options,
      }),
    ];
    this.#app = await createApplication(platform, { kind: "private-socket" }, modules, server);
    await this.#app.init();
  }

  async #decide(published: Published): Promise<void> {
    this.published.push(published);
    const reply = this.#options.decide(published);
    if (reply === undefined) return;
    const { store, keys } = this.#options;
    const { userKey, exchangeId } = published.context;
    const sealed = keys.replies.seal({ exchangeId }, reply);
    const decided = await store.decideExchange({ userKey, exchangeId, reply: sealed, keepMs: KEEP_MS });
    if (decided.kind === "decided") await store.wake(decided.gateways, { exchangeId, reply: decided.reply });
  }
}
