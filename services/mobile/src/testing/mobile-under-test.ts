import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { create, fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { activateDevice, DeviceClient, type StoredDevice } from "@portcullis/device-client";
import {
  createApplication,
  createEventMetrics,
  createLog,
  type Databases,
  InProcessBus,
  InProcessServer,
  type KeyRing,
  PooledRandom,
  Readiness,
  Sealer,
  topicOf,
} from "@portcullis/kit";
import { factorAnswerPlace, settingPlace } from "@portcullis/login";
import {
  ChallengeClosedSchema,
  ChallengeIssuedSchema,
  type ChallengeResult,
  type DeliveryReported,
  DeliveryReportedSchema,
  type DeviceChanged,
  DeviceChangedSchema,
  type FactorAnswer,
  type FactorAnswered,
  FactorAnsweredSchema,
  FactorAnswerSchema,
  type FraudReported,
  FraudReportedSchema,
  type PushRequested,
  PushRequestedSchema,
  ReachMethod,
  SettingChangedSchema,
  UserChangedSchema,
} from "@portcullis/proto";
import { Registry } from "prom-client";
import type { InboxStore, ReplayGuard } from "../application/ports.js";
import { MobileModule } from "../mobile.module.js";

const API_KEY = "a key for these tests";
const READY_LIMIT_MS = 10_000;
const CHALLENGE_MS = 60_000;

export const newId = (): string => randomBytes(16).toString("hex");

export interface Replica {
  readonly databases: Databases;
  readonly inboxStore: InboxStore;
  readonly replayGuard: ReplayGuard;
  readonly keyRing: KeyRing;
}

export interface IssuedChallenge {
  readonly challengeId: string;
  readonly loginId: string;
  readonly userId: string;
  readonly deadlineMs: number;
}

/** One replica of the service, with a bus of its own that these tests read and write. */
export class MobileUnderTest {
  readonly bus = new InProcessBus();
  readonly sealer: Sealer;
  /** What was published, in its order. */
  readonly answered: FactorAnswered[] = [];
  readonly frauds: FraudReported[] = [];
  readonly deliveries: DeliveryReported[] = [];
  readonly pushes: PushRequested[] = [];
  readonly devices: DeviceChanged[] = [];
  /** Taken by whoever keeps fraud reports, before it is done with one. */
  keepFraud: () => Promise<void> = () => Promise.resolve();
  /** How far this replica's clock is ahead of the machine's. */
  aheadMs = 0;
  readonly #replica: Replica;
  #app: Awaited<ReturnType<typeof createApplication>> | undefined;
  #url = "";
  #generation = 1n;

  private constructor(replica: Replica) {
    this.#replica = replica;
    this.sealer = new Sealer(replica.keyRing, new PooledRandom());
  }

  static async start(replica: Replica): Promise<MobileUnderTest> {
    const service = new MobileUnderTest(replica);
    await service.#start();
    return service;
  }

  get url(): string {
    return this.#url;
  }

  nowMs(): number {
    return Date.now() + this.aheadMs;
  }

  async stop(): Promise<void> {
    await this.#app?.close();
  }

  async configure(change: object = {}): Promise<void> {
    const section = { publicUrl: "https://app.example", issuer: "Example", activationMinutes: 10, maxDevices: 3 };
    const value = Buffer.from(JSON.stringify({ ...section, ...change }));
    const sealedValue = this.sealer.seal(value, settingPlace("mobile"));
    const state = create(SettingChangedSchema, { name: "mobile", generation: this.#generation++, sealedValue });
    await this.bus.publishState(SettingChangedSchema, "mobile", state);
  }

  /** @returns the user's id */
  async keepUser(loginName: string, { userId = newId(), enabled = true } = {}): Promise<string> {
    const user = { userId, name: loginName, loginName, enabled, generation: this.#generation++ };
    await this.bus.publishState(UserChangedSchema, userId, create(UserChangedSchema, user));
    return userId;
  }

  async internal(path: string, message?: object): Promise<{ status: number; body: unknown }> {
    const response = await fetch(this.#url + path, {
      method: message === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${API_KEY}`, ...(message && { "content-type": "application/json" }) },
      ...(message && { body: JSON.stringify(message) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  }

  async code(user: string): Promise<string> {
    const { status, body } = await this.internal("/internal/activations", { user });
    if (status !== 200) throw new Error(`No code: ${status} ${JSON.stringify(body)}`);
    return (body as { code: string }).code;
  }

  activate(code: string, name = "phone"): Promise<StoredDevice> {
    return activateDevice({ url: this.#url, code, name, platform: "test" });
  }

  /** A device of a user who is known. */
  async device(user: string): Promise<{ readonly stored: StoredDevice; readonly client: DeviceClient }> {
    const stored = await this.activate(await this.code(user));
    return { stored, client: new DeviceClient(stored) };
  }

  async issue(
    userId: string,
    change: Omit<MessageInitShape<typeof ChallengeIssuedSchema>, "context" | "$typeName"> = {},
    limitMs = CHALLENGE_MS,
  ): Promise<IssuedChallenge> {
    const challengeId = change.challengeId ?? newId();
    const loginId = newId();
    const deadlineMs = this.nowMs() + limitMs;
    const context = {
      loginId,
      exchangeId: newId(),
      client: "vpn",
      userName: "CORP\\Alice",
      station: "PC-1",
      sourceAddress: "192.0.2.7",
      claimedAtMs: BigInt(this.nowMs()),
      deadlineMs: BigInt(deadlineMs),
    };
    const event = create(ChallengeIssuedSchema, {
      context,
      userId,
      method: ReachMethod.APP,
      application: "Example VPN",
      userName: "alice",
      attempt: 1,
      ...change,
      challengeId,
    });
    await this.bus.publish(ChallengeIssuedSchema, userId, event);
    return { challengeId, loginId: event.context?.loginId ?? loginId, userId, deadlineMs };
  }

  close({ challengeId, loginId, userId, deadlineMs }: IssuedChallenge, result: ChallengeResult): Promise<void> {
    const event = { challengeId, loginId, userId, method: ReachMethod.APP, result, deadlineMs: BigInt(deadlineMs) };
    const closedAtMs = BigInt(this.nowMs());
    return this.bus.publish(ChallengeClosedSchema, userId, create(ChallengeClosedSchema, { ...event, closedAtMs }));
  }

  /** What was in an answer; fails when it was not sealed for its place. */
  answerIn({ loginId, challengeId, sealedAnswer }: FactorAnswered): FactorAnswer {
    const plain = this.sealer.open(sealedAnswer, factorAnswerPlace({ loginId, challengeId, channel: "app" }));
    if (plain === undefined) throw new Error("The answer is not sealed for its challenge.");
    return fromBinary(FactorAnswerSchema, plain);
  }

  async #start(): Promise<void> {
    const { bus } = this;
    const { databases, keyRing, ...stores } = this.#replica;
    const clock = { nowMs: () => this.nowMs() };
    const readiness = new Readiness();
    const log = createLog("test", "silent");
    const metrics = new Registry();
    const platform = { bus, databases, clock, random: new PooledRandom(), keyRing, log, metrics, readiness };
    const module = MobileModule.of({ ...stores, trustedProxies: [], allowLoopbackPush: false });
    const server = new InProcessServer(bus, { clock, log, metrics: createEventMetrics(metrics) });
    const app = await createApplication(platform, { kind: "api-key", key: API_KEY }, [module], server);
    this.#app = app;
    await app.listen(0, "127.0.0.1");
    this.#url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
    const endMs = performance.now() + READY_LIMIT_MS;
    while (readiness.missing().length > 0) {
      if (performance.now() > endMs) throw new Error(`The service is not ready: ${readiness.missing().join(", ")}.`);
      await sleep(10);
    }
    this.#collect();
  }

  #collect(): void {
    const into =
      <Message>(list: Message[]) =>
      (_key: string, event: unknown): Promise<void> => {
        list.push(event as Message);
        return Promise.resolve();
      };
    this.bus.subscribe(topicOf(FactorAnsweredSchema).name, into(this.answered));
    this.bus.subscribe(topicOf(DeliveryReportedSchema).name, into(this.deliveries));
    this.bus.subscribe(topicOf(PushRequestedSchema).name, into(this.pushes));
    this.bus.subscribe(topicOf(DeviceChangedSchema).name, into(this.devices));
    this.bus.subscribe(topicOf(FraudReportedSchema).name, async (_key, event) => {
      await this.keepFraud();
      this.frauds.push(event as FraudReported);
    });
  }
}
