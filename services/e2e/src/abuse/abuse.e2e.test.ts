import { eventually, sleepMs } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scrape } from "../bench/scrape.js";
import { type Distributed, startDistributed } from "../distributed/distributed.js";
import { Nas } from "../harness/nas.js";
import {
  abuseConfiguration,
  abuseUsersFile,
  CALM,
  FLOODER,
  GUESSER,
  PROMPTED_USERS,
  promptedUser,
  STRANGERS,
  TRIED_USER,
} from "./abuse-configuration.js";
import { CalmClient, type CalmLogins } from "./calm-client.js";
import { Flood, type FloodOptions } from "./flood.js";
import { redisMib, rssMib } from "./memory-in-use.js";

const FLOOD_MS = 5_000;
const PER_SECOND = 1_000;
/** What a flood may leave behind when its windows are over. A process of Node gives little of its memory back. */
const LEFT_OF_GATEWAY_MIB = 128;
const LEFT_OF_REDIS_MIB = 16;
/** A prompt, its duplicate window, the sweep of what is overdue, and time for a busy machine. */
const WINDOWS_MS = 150_000;
const SETTLED_MS = 60_000;
const STRANGER_ADDRESSES = 64;
/** A client that asks anew too early would be measured, not the product. */
const RETRANSMISSION = { intervalMs: 3_000, tries: 10 } as const;

const WAITING = 20_000;
/** Some 296 were measured, of which a gateway without any has 150; how much V8 holds in reserve changes with the machine's load. */
const WAITING_LIMIT_MIB = 350;
const WAITING_TIMEOUT_MS = 60_000;

type Told = Pick<FloodOptions, "secret" | "addresses" | "request">;
type Row = CalmLogins & {
  readonly what: string;
  readonly sent: number;
  readonly replies: number;
  readonly gatewayMib: number;
  readonly redisMib: number;
};

const FLOODS: readonly (readonly [string, Told])[] = [
  [
    "unanswered challenges",
    {
      secret: FLOODER.secret,
      addresses: [FLOODER.address],
      request: (index) => ({ userName: promptedUser(index % PROMPTED_USERS), password: "" }),
    },
  ],
  [
    "unknown users",
    {
      secret: GUESSER.secret,
      addresses: [GUESSER.address],
      request: (index) => ({ userName: `nobody${index}`, password: "a guess" }),
    },
  ],
  [
    "wrong passwords of one user",
    {
      secret: GUESSER.secret,
      addresses: [GUESSER.address],
      request: (index) => ({ userName: TRIED_USER, password: `guess ${index}` }),
    },
  ],
  [
    "a wrong secret",
    {
      secret: "not the client's secret",
      addresses: [FLOODER.address],
      request: (index) => ({ userName: `nobody${index}`, password: "a guess" }),
    },
  ],
  [
    "unknown addresses",
    {
      secret: FLOODER.secret,
      addresses: Array.from({ length: STRANGER_ADDRESSES }, (_, at) => `${STRANGERS}.${at}.1`),
      request: (index) => ({ userName: `nobody${index}`, password: "a guess" }),
    },
  ],
];

describe("floods of one client while another one logs in", () => {
  let distributed: Distributed;
  let calm: CalmClient;
  let port: number;
  const rows: Row[] = [];

  beforeAll(async () => {
    distributed = await startDistributed({
      configuration: abuseConfiguration(),
      usersFile: abuseUsersFile(),
      replicas: 1,
      logLevel: "warn",
    });
    port = distributed.radiusPorts[0] ?? 0;
    calm = new CalmClient(new Nas({ ...CALM, ...RETRANSMISSION, port }));
    await eventually(async () => (await calm.logIn(1)).surprises.length === 0, {
      what: "users are known everywhere",
      timeoutMs: 60_000,
      everyMs: 500,
    });
    await calm.logIn(FLOOD_MS / 5);
    rows.push(await rowOf("nothing", await calm.logIn(FLOOD_MS)));
  }, 180_000);
  afterAll(async () => {
    process.stderr.write(tableOf(rows));
    await distributed?.stop();
  }, 120_000);

  it.each(FLOODS)("%s", async (what, told) => {
    await eventually(async () => (await waitingCount()) === 0, {
      what: "the flood before is over",
      timeoutMs: SETTLED_MS,
      everyMs: 250,
    });
    const flood = await Flood.open({ ...told, port, perSecond: PER_SECOND });
    const [logins] = await Promise.all([calm.logIn(FLOOD_MS), flood.send(FLOOD_MS)]);
    rows.push(await rowOf(what, logins, flood));
    flood.close();
    expect(logins.surprises).toEqual([]);
    expect(flood.sent).toBeGreaterThan(0);
  });

  it(
    "leave no memory behind when their windows are over",
    async () => {
      const quiet = rows[0];
      if (quiet === undefined) throw new Error("nothing was measured before the floods");
      const left = async () => ({ gateway: gatewayMib() - quiet.gatewayMib, redis: (await redis()) - quiet.redisMib });
      await eventually(
        async () => {
          const { gateway, redis: ofRedis } = await left();
          if (gateway < LEFT_OF_GATEWAY_MIB && ofRedis < LEFT_OF_REDIS_MIB) return true;
          throw new Error(`the gateway has ${gateway.toFixed()} MiB more than before, Redis ${ofRedis.toFixed()}`);
        },
        { what: "memory is as before", timeoutMs: WINDOWS_MS, everyMs: 1_000 },
      );
      rows.push(await rowOf("nothing any more", await calm.logIn(FLOOD_MS / 5)));
      expect(rows.at(-1)?.surprises).toEqual([]);
    },
    WINDOWS_MS + 30_000,
  );

  it(
    "20,000 exchanges that wait fit into a gateway",
    async () => {
      for (const { process } of distributed.replicasOf("authn-primary")) await process.kill();
      await gateway().process.restart();
      const request = (index: number) => ({ userName: `waiting${index}`, password: "a password of usual length" });
      const flood = await Flood.open({
        secret: FLOODER.secret,
        addresses: [FLOODER.address],
        port,
        perSecond: 1_500,
        request,
      });
      const until = performance.now() + WAITING_TIMEOUT_MS;
      let waiting = 0;
      // Datagrams get lost on a busy machine; what is missing is sent again until they are there.
      while (waiting < WAITING && performance.now() < until) {
        await flood.send(WAITING_TIMEOUT_MS, WAITING - waiting);
        await sleepMs(1_000);
        waiting = await waitingCount();
      }
      const mib = gatewayMib();
      process.stderr.write(`abuse: a gateway with ${waiting} waiting exchanges has ${mib.toFixed()} MiB\n`);
      flood.close();
      expect(waiting).toBeGreaterThanOrEqual(WAITING);
      expect(mib).toBeLessThan(WAITING_LIMIT_MIB);
    },
    WAITING_TIMEOUT_MS + 60_000,
  );

  function gateway() {
    const [first] = distributed.replicasOf("radius-gateway");
    if (first === undefined) throw new Error("there is no gateway");
    return first;
  }

  function gatewayMib(): number {
    return rssMib(gateway().process.pid);
  }

  function redis(): Promise<number> {
    return redisMib(distributed.stores.redis);
  }

  async function waitingCount(): Promise<number> {
    return (await scrape([`${gateway().httpUrl}/metrics`])).get("portcullis_radius_waiting") ?? 0;
  }

  async function rowOf(what: string, logins: CalmLogins, flood?: Flood): Promise<Row> {
    const { sent = 0, replies = 0 } = flood ?? {};
    return { what, ...logins, sent, replies, gatewayMib: gatewayMib(), redisMib: await redis() };
  }
});

function tableOf(rows: readonly Row[]): string {
  const head = ["flood", "sent", "replies", "logins", "p50 ms", "p99 ms", "gateway MiB", "Redis MiB"];
  const lines = rows.map((row) => [
    row.what,
    ...[row.sent, row.replies, row.logins, row.p50Ms, row.p99Ms, row.gatewayMib, row.redisMib].map((value) =>
      value.toFixed(),
    ),
  ]);
  const all = [head, ...lines];
  const widths = head.map((_, at) => Math.max(...all.map((line) => (line[at] ?? "").length)));
  return `\n${all.map((line) => line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ")).join("\n")}\n`;
}
