import { createSecretKey, randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { create } from "@bufbuild/protobuf";
import {
  createApplication,
  createEventMetrics,
  createLog,
  type Databases,
  InProcessBus,
  InProcessServer,
  type KeyRing,
  openPglite,
  PooledRandom,
  Readiness,
  Sealer,
  systemClock,
} from "@portcullis/kit";
import { deviceSecretPlace, MemoryPendingStore, PendingStoreModule } from "@portcullis/login";
import { DeviceChangedSchema, UserBlockChangedSchema, UserChangedSchema } from "@portcullis/proto";
import { eventually } from "@portcullis/testkit";
import { generateSync } from "otplib";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ChallengeEnvironment, ChallengeOrchestratorModule, challengeSettings } from "./index.js";

const START_LIMIT_MS = 60_000;
const API_KEY = "0123456789abcdef";
const USER = "a".repeat(32);
const DEVICE = "d".repeat(32);
const SECRET = Buffer.from("12345678901234567890");

const key = () => createSecretKey(randomBytes(32));
const keyRing: KeyRing = { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
const random = new PooledRandom();
const sealer = new Sealer(keyRing, random);
const bus = new InProcessBus();
const store = new MemoryPendingStore(systemClock);

let databases: Databases;
let app: Awaited<ReturnType<typeof createApplication>>;
let url: string;

beforeAll(async () => {
  databases = await openPglite("memory://");
  const parts = { clock: systemClock, log: createLog("test", "silent") };
  const metrics = new Registry();
  const platform = { ...parts, metrics, bus, databases, random, keyRing, readiness: new Readiness() };
  const server = new InProcessServer(bus, { ...parts, metrics: createEventMetrics(metrics) });
  const settings = challengeSettings(ChallengeEnvironment.parse({}));
  const module = ChallengeOrchestratorModule.of({ settings, configuration: undefined });
  const modules = [PendingStoreModule.of(store), module];
  app = await createApplication(platform, { kind: "api-key", key: API_KEY }, modules, server);
  await app.listen(0, "127.0.0.1");
  url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}/internal`;
  const alice = { userId: USER, loginName: "alice", generation: 1n, enabled: true, groups: ["ops"] };
  await bus.publishState(UserChangedSchema, USER, create(UserChangedSchema, alice));
  await eventually(async () => (await ask("users/alice/factors")).status === 200, {
    what: "the user",
    timeoutMs: 10_000,
  });
}, START_LIMIT_MS);

afterAll(async () => {
  await app.close();
  await store.close();
  await databases.close();
});

async function ask(path: string, message?: object, apiKey: string | undefined = API_KEY) {
  const headers = {
    ...(apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` }),
    ...(message === undefined ? {} : { "content-type": "application/json" }),
  };
  const body = message === undefined ? {} : { method: "POST", body: JSON.stringify(message) };
  const response = await fetch(`${url}/${path}`, { headers, ...body });
  return { status: response.status, body: (await response.json()) as unknown };
}

const device = (generation: bigint, active: boolean) =>
  create(DeviceChangedSchema, {
    deviceId: DEVICE,
    userId: USER,
    generation,
    name: "her phone",
    active,
    sealedOathSecret: sealer.seal(SECRET, deviceSecretPlace(DEVICE, USER)),
  });

const factors = async () => (await ask("users/CORP%5CAlice/factors")).body as Record<string, unknown>;

describe("the factors that ChallengeOrchestratorModule keeps", () => {
  it("are nobody's business without the key", async () => {
    const calls: readonly (readonly [string, object?])[] = [
      ["users/alice/factors"],
      ["users/alice/pin", { pin: "2580" }],
      ["users/alice/pin/expire", {}],
      ["users/alice/recovery-codes", {}],
      ["users/alice/bypass", { reason: "x", givenBy: "x" }],
      ["users/alice/bypass/remove", {}],
      ["bypasses"],
      ["tokens/resync", { serial: "T1", codes: ["1", "2"] }],
    ];
    for (const [path, message] of calls) {
      for (const wrong of ["", `${API_KEY.slice(0, -1)}e`]) {
        expect((await ask(path, message, wrong)).status, path).toBe(401);
      }
    }
    expect(await factors()).toMatchObject({ recoveryCodesLeft: 0, enabled: true });
    expect(await factors()).not.toHaveProperty("pin");
  });

  it("follow the devices and blocks that others tell of", async () => {
    await bus.publishState(DeviceChangedSchema, DEVICE, device(1n, true));
    const block = { userId: USER, generation: 1n, blocked: true, untilMs: 0n, reason: "reported" };
    await bus.publishState(UserBlockChangedSchema, USER, create(UserBlockChangedSchema, block));
    await eventually(async () => "blocked" in (await factors()), { what: "the block", timeoutMs: 5_000 });
    expect(await factors()).toMatchObject({ blocked: {}, devices: [{ deviceId: DEVICE, name: "her phone" }] });
    await bus.publishState(DeviceChangedSchema, DEVICE, device(2n, false));
    await bus.publishState(
      UserBlockChangedSchema,
      USER,
      create(UserBlockChangedSchema, { ...block, generation: 2n, blocked: false }),
    );
    await eventually(async () => !("blocked" in (await factors())), { what: "the end of the block", timeoutMs: 5_000 });
    expect(await factors()).toMatchObject({ devices: [], tokens: [] });
  });

  it("bring the codes of a device into step", async () => {
    await bus.publishState(DeviceChangedSchema, DEVICE, device(3n, true));
    await eventually(async () => JSON.stringify(await factors()).includes(`app:${DEVICE}`), {
      what: "the device",
      timeoutMs: 5_000,
    });
    const epoch = Math.floor(Date.now() / 1_000) + 1_200;
    const codes = [epoch, epoch + 30].map((at) => generateSync({ secret: SECRET, epoch: at }));
    const resync = (typed: readonly string[]) => ask("tokens/resync", { serial: `app:${DEVICE}`, codes: typed });
    expect((await resync(codes)).body).toMatchObject({ kind: "done" });
    expect((await resync(codes.toReversed())).body).toEqual({ kind: "no-match" });
    expect((await ask("tokens/resync", { serial: "gone", codes })).body).toEqual({ kind: "unknown-token" });
    expect((await ask("tokens/resync", { serial: "gone", codes: ["1"] })).status).toBe(400);
  });

  it("are changed by commands, for a user who is there", async () => {
    expect((await ask("users/alice/pin", { pin: "2580" })).body).toEqual({ refused: [] });
    expect((await ask("users/alice/pin", { pin: "1112" })).body).toEqual({ refused: ["repeats"] });
    expect((await ask("users/alice/pin", { pin: "2580" })).body).toEqual({ refused: ["used-before"] });
    expect((await ask("users/alice/pin/expire", {})).body).toEqual({ expired: true });
    const { codes } = (await ask("users/alice/recovery-codes", {})).body as { codes: string[] };
    expect(codes).toHaveLength(10);
    const given = { reason: "lost phone", givenBy: "carol" };
    expect((await ask("users/alice/bypass", given)).body).toMatchObject(given);
    expect((await ask("bypasses")).body).toMatchObject({ bypasses: [{ ...given, loginName: "alice" }] });
    expect(await factors()).toMatchObject({ pin: { mustChange: true }, recoveryCodesLeft: 10, bypass: {} });
    expect((await ask("users/alice/bypass/remove", {})).body).toEqual({ removed: true });
    for (const path of ["pin/expire", "recovery-codes", "bypass/remove"]) {
      expect((await ask(`users/nobody/${path}`, {})).status).toBe(404);
    }
  });

  it("do not come back in what a wrong call is told", async () => {
    for (const message of [{ pin: 75_319 }, { pin: "75319".repeat(20) }, { pin: "75319", other: 1 }]) {
      const { status, body } = await ask("users/alice/pin", message);
      expect(status).toBe(400);
      expect(JSON.stringify(body)).not.toContain("75319");
    }
    expect((await ask("users/alice/bypass", { reason: "x", givenBy: "x", seconds: 86_401 })).status).toBe(400);
    expect((await ask("users/alice/bypass", { givenBy: "x" })).status).toBe(400);
  });
});
