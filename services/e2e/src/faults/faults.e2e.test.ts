import { eventually, type SeededRandom, seededRandom, sleepMs } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Distributed, startDistributed } from "../distributed/distributed.js";
import { type ServiceName, startService } from "../distributed/service-process.js";
import { freeUdpPort } from "../harness/free-udp-port.js";
import { challengeOf, codeAt, Nas, outcomeOf } from "../harness/nas.js";
import { tokenSecretOf } from "../harness/test-configuration.js";
import { auditedVerdicts } from "./audit-rows.js";
import { FAULT_CLIENT, faultConfiguration, faultUser, faultUsersFile } from "./fault-users.js";
import { type CrowdReport, LoginCrowd } from "./login-crowd.js";

/** How often each part is killed: few, so that all tests together stay under 25 minutes; `make soak` asks for 50. */
const ROUNDS = Number(process.env["FAULT_ROUNDS"] ?? 4);
const SEED = Number(process.env["FAULT_SEED"] ?? Math.floor(Math.random() * 1_000_000_000));
const UNDER_WAY = 200;
const FIXED_PORTS = 8;
const BETWEEN_RESTARTS_MS = 3_000;
const USERS = 2_500 * (ROUNDS + 2);
/** What "the client's normal retransmission" means: the same packet every 3 s for 30 s. */
const RETRANSMISSION = { intervalMs: 3_000, tries: 11 } as const;
const DOWN_MS = [100, 1_500] as const;
const BETWEEN_MS = [1_500, 5_000] as const;
/** The one broker takes some 6 s to start; killed again before its clients are back, it is down longer than they ask. */
const BETWEEN_BROKER_KILLS_MS = [6_000, 12_000] as const;
const AUDIT_TIMEOUT_MS = 60_000;
const TIMEOUT_MS = 120_000 + ROUNDS * 40_000;

interface Victim {
  kill(): Promise<unknown>;
  restart(): Promise<unknown>;
}

describe("parts killed in the middle of logins", () => {
  let distributed: Distributed;
  let gateways: readonly Nas[];
  let nextUser = 0;

  beforeAll(async () => {
    process.stderr.write(`faults: FAULT_SEED=${SEED} FAULT_ROUNDS=${ROUNDS}\n`);
    distributed = await startDistributed({ configuration: faultConfiguration(), usersFile: faultUsersFile(USERS) });
    gateways = distributed.radiusPorts.map((port) => new Nas({ ...FAULT_CLIENT, ...RETRANSMISSION, port }));
    await usersAreThere();
  }, 180_000);
  afterAll(() => distributed?.stop(), 120_000);

  it("a gateway between its challenge and the answer: the other one takes it", async () => {
    const [first, second] = gateways;
    const [victim] = distributed.replicasOf("radius-gateway");
    if (first === undefined || second === undefined || victim === undefined) throw new Error("two gateways are needed");
    const user = faultUser(nextUser++);
    const challenge = challengeOf(await first.password(user, ""));
    await victim.process.kill();
    expect(outcomeOf(await second.answer(user, challenge, codeAt(tokenSecretOf(user))))).toBe("accept");
    await victim.process.restart();
  });

  it.each<ServiceName>(["radius-gateway", "authn-primary", "challenge-orchestrator", "fraud-reporter"])(
    "%s",
    async (name) => {
      const replicas = distributed.replicasOf(name).map((service) => service.process);
      const report = await underFire(name, (random) => random.pick(replicas));
      await expectAllWell(report);
    },
    TIMEOUT_MS,
  );

  it(
    "two gateways on one port, restarted one after the other under NASes with one source port each",
    async () => {
      const port = await freeUdpPort();
      const radiusListen = `127.0.0.1:${port}`;
      const shared = await Promise.all(
        [2, 3].map((replica) =>
          startService(distributed.installation, { name: "radius-gateway", replica, radiusListen, sharesPort: true }),
        ),
      );
      try {
        const crowds: LoginCrowd[] = [];
        for (let at = 0; at < FIXED_PORTS; at++) {
          const nas = new Nas({ ...FAULT_CLIENT, ...RETRANSMISSION, port, localPort: await freeUdpPort() });
          crowds.push(new LoginCrowd([nas], seededRandom(SEED + at), () => nextUser++));
        }
        for (const crowd of crowds) crowd.start(1);
        for (const { process } of shared) {
          await sleepMs(BETWEEN_RESTARTS_MS);
          expect(await process.stop()).toMatchObject({ code: 0, forced: false });
          await process.start();
        }
        await sleepMs(BETWEEN_RESTARTS_MS);
        for (const report of await Promise.all(crowds.map((crowd) => crowd.finish()))) await expectAllWell(report);
      } finally {
        for (const { process } of shared) await process.stop();
      }
    },
    TIMEOUT_MS,
  );

  it.each(["kafka", "redis", "postgres"] as const)(
    "%s",
    async (name) => {
      const report = await underFire(name, () => distributed.stores[name]);
      await expectAllWell(report);
    },
    TIMEOUT_MS,
  );

  it(
    "Redis loses everything: nothing is accepted without its factor, and new logins work",
    async () => {
      const { redis } = distributed.stores;
      const wiping: Victim = { kill: () => redis.wipe(), restart: () => Promise.resolve() };
      const report = await underFire("redis-wiped", () => wiping);
      const wrongly = report.surprises.filter((surprise) => surprise.endsWith("got accept"));
      expect(wrongly).toEqual([]);
      await usersAreThere();
    },
    TIMEOUT_MS,
  );

  async function underFire(name: string, victimOf: (random: SeededRandom) => Victim): Promise<CrowdReport> {
    const random = seededRandom(SEED + name.length);
    const crowd = new LoginCrowd(gateways, seededRandom(SEED + name.length + 1), () => nextUser++);
    crowd.start(UNDER_WAY);
    for (let round = 0; round < ROUNDS; round++) {
      const [least, most] = name === "kafka" ? BETWEEN_BROKER_KILLS_MS : BETWEEN_MS;
      await sleepMs(random.between(least, most));
      const victim = victimOf(random);
      await victim.kill();
      await sleepMs(random.between(...DOWN_MS));
      await victim.restart();
    }
    const report = await crowd.finish();
    process.stderr.write(`faults: ${name}: ${report.logins} logins, ${report.surprises.length} ended otherwise\n`);
    return report;
  }

  async function expectAllWell(report: CrowdReport): Promise<void> {
    expect(report.surprises).toEqual([]);
    await eventually(async () => sameVerdicts(report, await auditedVerdicts(distributed.installation.databaseUrl)), {
      what: "the audit has each verdict once",
      timeoutMs: AUDIT_TIMEOUT_MS,
      everyMs: 1_000,
    });
  }

  async function usersAreThere(): Promise<void> {
    const first = new Nas({ ...FAULT_CLIENT, port: distributed.radiusPorts[0] ?? 0 });
    await eventually(async () => outcomeOf(await first.password(faultUser(nextUser++), "")) === "challenge", {
      what: "a user is asked for her code",
      timeoutMs: 120_000,
      everyMs: 500,
    });
  }
});

/** Throws with the first difference, so that it is seen when the waiting ends. */
function sameVerdicts(report: CrowdReport, audited: ReadonlyMap<string, readonly string[]>): boolean {
  for (const [user, verdicts] of report.verdicts) {
    const rows = audited.get(user) ?? [];
    if (rows.join() !== verdicts.join()) throw new Error(`${user}: saw ${verdicts.join()}, audit has ${rows.join()}`);
  }
  return true;
}
