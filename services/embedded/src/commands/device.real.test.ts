import { createSecretKey, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import {
  createApplication,
  createEventMetrics,
  createLog,
  type Databases,
  InProcessBus,
  InProcessServer,
  openPglite,
  PooledRandom,
  Readiness,
  Sealer,
  systemClock,
  topicOf,
} from "@portcullis/kit";
import { settingPlace } from "@portcullis/login";
import { MobileModule, memoryStores } from "@portcullis/mobile";
import {
  ChallengeClosedSchema,
  ChallengeIssuedSchema,
  ChallengeResult,
  type FactorAnswered,
  FactorAnsweredSchema,
  ReachMethod,
  SettingChangedSchema,
  UserChangedSchema,
} from "@portcullis/proto";
import { Registry } from "prom-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { PublicHttp } from "../product/public-http.js";
import { socketPathOf } from "../product/socket-path.js";
import { activateCommand } from "./activate.js";
import { deviceCommand } from "./device.js";

const newId = (): string => randomBytes(16).toString("hex");

/** The commands against the service itself; what challenge-orchestrator would say is said here. */
describe("portcullis activate and portcullis device", () => {
  const data = mkdtempSync(join(tmpdir(), "portcullis-device-"));
  const store = join(data, "device.json");
  const bus = new InProcessBus();
  const userId = newId();
  let databases: Databases;
  let app: Awaited<ReturnType<typeof createApplication>>;
  let publicHttp: PublicHttp;
  let url: string;
  let printed = "";

  beforeAll(async () => {
    databases = await openPglite("memory://");
    const key = () => createSecretKey(randomBytes(32));
    const keyRing = { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
    const random = new PooledRandom();
    const parts = { clock: systemClock, log: createLog("test", "silent"), metrics: new Registry() };
    const platform = { ...parts, bus, databases, random, keyRing, readiness: new Readiness() };
    const module = MobileModule.of({ ...memoryStores(systemClock), trustedProxies: [], allowLoopbackPush: false });
    const server = new InProcessServer(bus, { ...parts, metrics: createEventMetrics(new Registry()) });
    app = await createApplication(platform, { kind: "private-socket" }, [module], server);
    await app.listen(socketPathOf(data));
    const fastify = app.getHttpAdapter().getInstance();
    publicHttp = await PublicHttp.open([{ address: "127.0.0.1", port: 0 }], (request, response) =>
      fastify.routing(request, response),
    );
    url = publicHttp.addresses[0] ?? "";
    const section = { publicUrl: url, issuer: "Example", activationMinutes: 10, maxDevices: 10 };
    const sealedValue = new Sealer(keyRing, random).seal(Buffer.from(JSON.stringify(section)), settingPlace("mobile"));
    const setting = create(SettingChangedSchema, { name: "mobile", generation: 1n, sealedValue });
    await bus.publishState(SettingChangedSchema, "mobile", setting);
    const user = { userId, name: "alice", loginName: "alice", enabled: true, generation: 1n };
    await bus.publishState(UserChangedSchema, userId, create(UserChangedSchema, user));
  }, 90_000);
  afterAll(async () => {
    publicHttp.takeNoMore();
    await app.close();
    publicHttp.close();
    await databases.close();
    rmSync(data, { recursive: true, force: true });
  });
  beforeEach(() => {
    printed = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = 0;
  });

  const device = (...args: string[]) => deviceCommand().parseAsync(args, { from: "user" });
  const activate = (...args: string[]) => activateCommand().parseAsync([...args, "--data", data], { from: "user" });
  const lines = () =>
    printed
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  /** A challenge that ends as soon as it is answered. */
  async function issue(
    result: ChallengeResult,
    change: object = {},
  ): Promise<{ challengeId: string; answered: Promise<FactorAnswered> }> {
    const [challengeId, loginId] = [newId(), newId()];
    const deadlineMs = BigInt(Date.now() + 60_000);
    const context = { loginId, exchangeId: newId(), client: "vpn", station: "PC\u001b[2J-1", deadlineMs };
    const issued = {
      context,
      challengeId,
      userId,
      method: ReachMethod.APP,
      application: "VPN",
      userName: "alice",
      attempt: 1,
    };
    const answered = new Promise<FactorAnswered>((resolve) => {
      bus.subscribe(topicOf(FactorAnsweredSchema).name, async (_key, event) => {
        const answer = event as FactorAnswered;
        if (answer.challengeId !== challengeId) return;
        resolve(answer);
        const closed = { challengeId, loginId, userId, method: ReachMethod.APP, result, deadlineMs };
        const closedAtMs = BigInt(Date.now());
        await bus.publish(ChallengeClosedSchema, userId, create(ChallengeClosedSchema, { ...closed, closedAtMs }));
      });
    });
    await bus.publish(ChallengeIssuedSchema, userId, create(ChallengeIssuedSchema, { ...issued, ...change }));
    return { challengeId, answered };
  }

  it("make a device of a code, in a file of one's own", async () => {
    await activate("--user", "CORP\\Alice", "--json");
    const { code } = JSON.parse(printed) as { code: string };
    await device("activate", "--url", url, "--code", code, "--store", store, "--name", "a phone");
    expect(statSync(store).mode & 0o777).toBe(0o600);
    await expect(device("activate", "--url", url, "--code", code, "--store", store)).rejects.toThrow(
      "is there already",
    );
    await expect(device("activate", "--url", url, "--code", code, "--store", `${store}2`)).rejects.toThrow("(404)");
    printed = "";
    await activate("--user", "alice", "--list");
    expect(printed).toContain("a phone");
    printed = "";
    await activate("--user", "alice");
    expect(printed).toMatch(/code {2}[2-9A-Z]{5}-[2-9A-Z]{5}\n {2}URL {3}http:\/\/127\.0\.0\.1:\d+\/#activate=/);
    expect(printed).toContain("▄");
    printed = "";
    await device("code", "--store", store);
    expect(printed).toMatch(/^\d{6}\n$/);
    await expect(activate("--user", "nobody")).rejects.toThrow("No user nobody is known");
  });

  it("answer as the options say, once, and end with what came of it", async () => {
    const approved = await issue(ChallengeResult.APPROVED);
    await device("listen", "--store", store, "--approve", "--once", "--json");
    expect(lines()).toMatchObject([
      { event: "challenge", challengeId: approved.challengeId, application: "VPN" },
      { event: "answered", word: "approve", outcome: "closed", result: "approved" },
    ]);
    expect([process.exitCode, (await approved.answered).attempt]).toEqual([0, 1]);

    printed = "";
    await issue(ChallengeResult.DENIED);
    await device("listen", "--store", store, "--deny", "--once");
    expect(printed).toContain("alice wants to log in to VPN, from PC?[2J-1");
    expect([process.exitCode, printed.includes("The login is denied.")]).toEqual([2, true]);

    printed = "";
    await issue(ChallengeResult.FRAUD);
    await device("listen", "--store", store, "--fraud", "--once", "--json");
    expect(lines().at(-1)).toMatchObject({ word: "fraud", outcome: "fraud-reported" });
  });

  it("end when the device was taken away", async () => {
    const id = await (async () => {
      await activate("--user", "alice", "--list", "--json");
      return (JSON.parse(printed) as { devices: { deviceId: string }[] }).devices[0]?.deviceId ?? "";
    })();
    await expect(activate("--user", "alice", "--remove", "x")).rejects.toThrow("no device whose id begins");
    await activate("--user", "alice", "--remove", id.slice(0, 6).toUpperCase());
    await expect(device("listen", "--store", store, "--approve")).rejects.toThrow("(401)");
  });
});
