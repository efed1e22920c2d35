import { createSecretKey, randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { NotificationsSettings } from "@portcullis/configuration";
import {
  type Clock,
  createApplication,
  createEventMetrics,
  createLog,
  type Database,
  type Databases,
  InProcessBus,
  InProcessServer,
  type KeyRing,
  openPglite,
  PooledRandom,
  Readiness,
  Sealer,
  systemClock,
  topicOf,
} from "@portcullis/kit";
import { challengeCodePlace, challengePhonesPlace, factorAnswerPlace, settingPlace } from "@portcullis/login";
import {
  type ChallengeClosed,
  ChallengeClosedSchema,
  type ChallengeIssued,
  ChallengeIssuedSchema,
  ChallengeResult,
  DeliveryOutcome,
  type DeliveryReported,
  DeliveryReportedSchema,
  type FactorAnswered,
  FactorAnsweredSchema,
  FactorAnswerSchema,
  PhonesSchema,
  ReachMethod,
  SettingChangedSchema,
} from "@portcullis/proto";
import { Registry } from "prom-client";
import { MIGRATIONS, SCHEMA } from "../adapters/postgres/migrations.js";
import type { OutboxEntry } from "../adapters/providers/outbox/outbox.js";
import { NotifierModule } from "../notifier.module.js";

const key = () => createSecretKey(randomBytes(32));

export interface WorldOptions {
  readonly databases?: Databases;
  readonly keyRing?: KeyRing;
  readonly clock?: Clock;
}

/** A number of our own for each person. */
export const numberOf = (person: number): string => `+4930${String(person).padStart(7, "0")}`;

/** Changes to the usual call: a user with one number, no PIN, fraud code 0. */
export interface Asked {
  readonly method?: ReachMethod;
  readonly user?: string;
  readonly loginId?: string;
  readonly phones?: Partial<Record<"number" | "extension" | "backupNumber" | "backupExtension", string>>;
  readonly event?: Partial<Omit<ChallengeIssued, "$typeName" | "$unknown">>;
  readonly code?: string;
  readonly deadlineInMs?: number;
}

/** The whole service on an in-process bus, with its HTTP port, and everything that it says. */
export class NotifierWorld {
  readonly bus = new InProcessBus();
  readonly metrics = new Registry();
  readonly reported: DeliveryReported[] = [];
  readonly answered: FactorAnswered[] = [];
  readonly outbox: OutboxEntry[] = [];
  readonly keyRing: KeyRing;
  readonly sealer: Sealer;
  readonly random = new PooledRandom();
  readonly #clock: Clock;
  readonly #ownDatabases: boolean;
  databases: Databases | undefined;
  #app: Awaited<ReturnType<typeof createApplication>> | undefined;
  #generation = 0n;

  private constructor({ databases, keyRing, clock = systemClock }: WorldOptions) {
    this.databases = databases;
    this.#ownDatabases = databases === undefined;
    this.#clock = clock;
    this.keyRing = keyRing ?? { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
    this.sealer = new Sealer(this.keyRing, this.random);
  }

  static async start(options: WorldOptions = {}): Promise<NotifierWorld> {
    const world = new NotifierWorld(options);
    await world.#start();
    return world;
  }

  async #start(): Promise<void> {
    this.databases ??= await openPglite("memory://");
    const parts = { clock: this.#clock, log: createLog("test", "silent") };
    const { bus, metrics, databases, random, keyRing } = this;
    const platform = { ...parts, metrics, bus, databases, random, keyRing, readiness: new Readiness() };
    const server = new InProcessServer(bus, { ...parts, metrics: createEventMetrics(metrics) });
    const module = NotifierModule.of({ onOutboxEntry: (entry) => this.outbox.push(entry) });
    this.#app = await createApplication(platform, { kind: "api-key", key: API_KEY }, [module], server);
    bus.subscribe(topicOf(DeliveryReportedSchema).name, async (_key, event) => {
      this.reported.push(event as DeliveryReported);
    });
    bus.subscribe(topicOf(FactorAnsweredSchema).name, async (_key, event) => {
      this.answered.push(event as FactorAnswered);
    });
    await this.#app.listen(0, "127.0.0.1");
  }

  async stop(): Promise<void> {
    await this.#app?.close();
    if (this.#ownDatabases) await this.databases?.close();
  }

  /** Its tables. */
  async db(): Promise<Database<never>> {
    if (this.databases === undefined) throw new Error("The world has no database (any more).");
    return this.databases.open<never>(SCHEMA, MIGRATIONS);
  }

  /** Where its HTTP port is. */
  get url(): string {
    if (this.#app === undefined) throw new Error("The world has not started.");
    return `http://127.0.0.1:${(this.#app.getHttpServer().address() as AddressInfo).port}`;
  }

  async configure(settings: Partial<NotificationsSettings> | undefined): Promise<void> {
    const generation = ++this.#generation;
    const name = "notifications";
    const value = JSON.stringify({ providers: [], texts: {}, ...settings });
    const sealedValue = this.sealer.seal(Buffer.from(value), settingPlace(name));
    const state = settings && create(SettingChangedSchema, { name, generation, sealedValue });
    await this.bus.publishState(SettingChangedSchema, name, state);
  }

  issued(person: number, asked: Asked = {}): ChallengeIssued {
    const challengeId = randomBytes(16).toString("hex");
    const userId = asked.user ?? person.toString(16).padStart(32, "0");
    const phones = toBinary(PhonesSchema, create(PhonesSchema, { number: numberOf(person), ...asked.phones }));
    const nowMs = this.#clock.nowMs();
    const context = {
      loginId: asked.loginId ?? randomBytes(16).toString("hex"),
      exchangeId: randomBytes(16).toString("hex"),
      deadlineMs: BigInt(nowMs + (asked.deadlineInMs ?? 60_000)),
    };
    return create(ChallengeIssuedSchema, {
      context,
      challengeId,
      userId,
      method: asked.method ?? ReachMethod.VOICE,
      language: "en",
      application: "Corp VPN",
      sealedPhones: this.sealer.seal(phones, challengePhonesPlace(challengeId)),
      sealedCode: this.sealer.seal(Buffer.from(asked.code ?? "482915"), challengeCodePlace(challengeId)),
      attempt: 1,
      fraudCode: "0",
      userName: "alice",
      ...asked.event,
    });
  }

  async issue(event: ChallengeIssued): Promise<void> {
    await this.bus.publish(ChallengeIssuedSchema, event.userId, event);
    await this.bus.drained(5_000);
  }

  async close(issued: ChallengeIssued, result: ChallengeResult): Promise<void> {
    const { challengeId, userId, method, context } = issued;
    const event: ChallengeClosed = create(ChallengeClosedSchema, {
      challengeId,
      userId,
      method,
      result,
      loginId: context?.loginId ?? "",
      deadlineMs: context?.deadlineMs ?? 0n,
    });
    await this.bus.publish(ChallengeClosedSchema, userId, event);
  }

  outcomesOf({ challengeId }: ChallengeIssued): string[] {
    return this.reported
      .filter((one) => one.challengeId === challengeId)
      .map(({ outcome }) => DeliveryOutcome[outcome]);
  }

  /** What was pressed or texted for a challenge, in order; opens only what is sealed for its place. */
  answersTo({ challengeId, context }: ChallengeIssued, channel: "call" | "text"): string[] {
    const place = factorAnswerPlace({ loginId: context?.loginId ?? "", challengeId, channel });
    return this.answered
      .filter((one) => one.challengeId === challengeId)
      .map(({ sealedAnswer }) => {
        const plain = this.sealer.open(sealedAnswer, place);
        if (plain === undefined) throw new Error("An answer was not sealed for its place.");
        return fromBinary(FactorAnswerSchema, plain).text;
      });
  }

  /** Calls the internal interface as `portcullis outbox` does. */
  async act(action: object): Promise<{ readonly status: number; readonly entry: OutboxEntry | undefined }> {
    const headers = { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" };
    const response = await fetch(`${this.url}/internal/outbox`, {
      method: "POST",
      headers,
      body: JSON.stringify(action),
    });
    const entry = response.status === 200 ? ((await response.json()) as OutboxEntry) : undefined;
    return { status: response.status, entry };
  }
}

const API_KEY = "test-api-key-0123456789";
export const OUTBOX = { name: "outbox", type: "outbox", does: ["voice", "sms", "mail"] } as const;
