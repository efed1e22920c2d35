import { type ChildProcess, spawn } from "node:child_process";
import { createSecretKey, randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { signCall } from "@portcullis/device-client";
import { openPostgres, query, systemClock } from "@portcullis/kit";
import { eventually, sleepMs, startPostgres, startRedis } from "@portcullis/testkit";
import { Redis } from "ioredis";
import { exportJWK, generateKeyPair } from "jose";
import { afterAll, expect, it } from "vitest";
import { MIGRATIONS, SCHEMA } from "./adapters/postgres/migrations.js";
import { redisStores } from "./adapters/redis/redis-stores.js";
import { MobileUnderTest } from "./testing/mobile-under-test.js";

const DEVICES = 10_000;
const WAIT_SECONDS = 55;
const IDLE_MS = 10_000;
/** Of what `GET /device/v1/inbox` says where nothing is; a device that knows that waits. */
const CLIENTS = resolve(import.meta.dirname, "testing/waiting-clients.mjs");

/** Each user has one device, all of them with one key: what is measured is the server. */
const PEOPLE = `
  insert into mobile.users (user_id, name, login_name, enabled, generation)
  select lpad(to_hex(n), 32, '0'), 'user' || n, 'user' || n, true, 1 from generate_series(1, $1::integer) as n`;
const THEIR_DEVICES = `
  insert into mobile.devices (device_id, user_id, generation, announced_generation, name, platform, key_x, key_y, active,
    sealed_oath_secret, created_at_ms, changed_at_ms, seen_at_ms)
  select lpad(to_hex(n), 32, '0'), lpad(to_hex(n), 32, '0'), 1, 1, 'phone', 'test', $2, $3, true, '', 0, 0, $4
    from generate_series(1, $1::integer) as n`;
const idOf = (index: number): string => (index + 1).toString(16).padStart(32, "0");

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

it(`lets ${DEVICES} devices wait for next to nothing, and wakes them`, async () => {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis({ appendfsync: "none" })]);
  closing.push(() => Promise.all([postgres.stop(), redis.stop()]));
  const key = () => createSecretKey(randomBytes(32));
  const keyRing = { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
  const databases = openPostgres(postgres.url, () => undefined);
  const stores = redisStores({ url: redis.url, clock: systemClock, log: { warn: () => undefined } });
  const service = await MobileUnderTest.start({ databases, keyRing, ...stores });
  closing.push(async () => {
    await service.stop();
    await Promise.all([stores.close(), databases.close()]);
  });
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const [signer, { x, y }] = await Promise.all([exportJWK(privateKey), exportJWK(publicKey)]);
  const db = await databases.open<never>(SCHEMA, MIGRATIONS);
  await query(db, PEOPLE, [DEVICES]);
  await query(db, THEIR_DEVICES, [DEVICES, x, y, Date.now()]);
  const operator = new Redis(redis.url);
  closing.push(async () => operator.disconnect());

  const empty = "T1PNoYwrqgwD"; // The version of an inbox with nothing in it.
  const path = `/device/v1/inbox?wait=${WAIT_SECONDS}&known=${empty}`;
  const requests = await Promise.all(
    Array.from({ length: DEVICES }, async (_, index) => {
      const call = { method: "GET", path, body: "" } as const;
      const authorization = await signCall({ deviceId: idOf(index), privateKey: signer }, call, Date.now() + 20_000);
      return `GET ${path} HTTP/1.1\r\nhost: test\r\nauthorization: ${authorization}\r\n\r\n`;
    }),
  );
  const emptyBytes = process.memoryUsage().rss;
  const startedAt = performance.now();
  const clients = new Clients(service.url, requests);
  closing.push(async () => clients.stop());
  await eventually(async () => (await waitingAt(service)) === DEVICES, {
    what: "all devices wait",
    timeoutMs: 60_000,
    everyMs: 200,
  });
  const openMs = performance.now() - startedAt;

  const before = { cpu: process.cpuUsage(), commands: await commandsOf(operator) };
  await sleepMs(IDLE_MS);
  const cpu = process.cpuUsage(before.cpu);
  const idleCpu = (cpu.user + cpu.system) / 1_000 / IDLE_MS;
  const idleCommands = ((await commandsOf(operator)) - before.commands) / (IDLE_MS / 1_000);
  expect(clients.answered).toBe(0);

  const wokenAt = performance.now();
  await service.issue(idOf(4_711));
  await eventually(() => clients.answered === 1, { what: "one device is woken", everyMs: 1 });
  const oneMs = performance.now() - wokenAt;
  const allAt = performance.now();
  for (let index = 0; index < DEVICES; index++) if (index !== 4_711) await service.issue(idOf(index));
  await eventually(() => clients.answered === DEVICES, {
    what: "all devices are woken",
    timeoutMs: 60_000,
    everyMs: 5,
  });
  const allMs = performance.now() - allAt;

  const kilobytes = (process.memoryUsage().rss - emptyBytes) / DEVICES / 1_000;
  process.stderr.write(
    `${DEVICES} devices: all wait after ${(openMs / 1_000).toFixed(1)} s (each call signed and checked); waiting takes ` +
      `${(idleCpu * 100).toFixed(1)} % of a core, ${idleCommands.toFixed(1)} commands of Redis a second, ` +
      `${kilobytes.toFixed(0)} kB each; one is woken in ${oneMs.toFixed(0)} ms, all in ${(allMs / 1_000).toFixed(1)} s\n`,
  );
  expect(idleCpu).toBeLessThan(0.2);
  expect(idleCommands).toBeLessThan(20);
  expect(oneMs).toBeLessThan(5_000);
}, 180_000);

/** How many calls wait, as the service says itself. */
async function waitingAt(service: MobileUnderTest): Promise<number> {
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  return Number(/^portcullis_mobile_waiting_calls (\d+)$/m.exec(metrics)?.[1]);
}

async function commandsOf(redis: Redis): Promise<number> {
  return Number(/total_commands_processed:(\d+)/.exec(await redis.info("stats"))?.[1]);
}

/** The devices, as connections of another process. */
class Clients {
  answered = 0;
  readonly #process: ChildProcess;

  constructor(url: string, requests: readonly string[]) {
    const child = spawn(process.execPath, [CLIENTS], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(JSON.stringify({ port: Number(new URL(url).port), requests }));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const last = text.trimEnd().split("\n").at(-1) ?? "";
      if (/^\d+$/.test(last)) this.answered = Number(last);
    });
    this.#process = child;
  }

  stop(): void {
    this.#process.kill();
  }
}
