import { connect } from "node:net";
import { openPostgres, query, readEnvironment } from "@portcullis/kit";
import {
  type KafkaServer,
  type PostgresServer,
  type RedisServer,
  startKafka,
  startPostgres,
  startRedis,
} from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DoctorEnvironment } from "../config.js";
import type { Check, Finding } from "./check.js";
import { clockCheck } from "./checks/clock.js";
import { kafkaCheck } from "./checks/kafka.js";
import { postgresCheck } from "./checks/postgres.js";
import { redisCheck } from "./checks/redis.js";

let redis: RedisServer;
let kafka: KafkaServer;
let postgres: PostgresServer;

beforeAll(async () => {
  [redis, kafka, postgres] = await Promise.all([startRedis(), startKafka(), startPostgres()]);
});
afterAll(() => Promise.all([redis?.stop(), kafka?.stop(), postgres?.stop()]));

function run(check: Check, environment: Record<string, string>): Promise<readonly Finding[]> {
  const settings = readEnvironment(DoctorEnvironment, environment);
  return check.run({ file: "p.yaml", loaded: { ok: false, failure: [] }, settings });
}

/** A command to Redis, by its inline protocol. */
async function tellRedis(command: string): Promise<void> {
  const socket = connect(redis.port, "127.0.0.1");
  socket.write(`${command}\r\n`);
  for await (const answer of socket) {
    expect(String(answer)).toBe("+OK\r\n");
    socket.end();
  }
}

describe("the doctor at a real Redis", () => {
  const runRedis = (url: string) => run(redisCheck, { PORTCULLIS_REDIS_URL: url });

  it("takes a good one, and its clock", async () => {
    expect(await runRedis(redis.url)).toMatchObject([{ level: "ok", what: expect.stringMatching(/^Redis \d+\.\d+/) }]);
    expect(await run(clockCheck, { PORTCULLIS_REDIS_URL: redis.url })).toMatchObject([{ level: "ok" }]);
  });

  it("finds each wrong setting", async () => {
    await tellRedis("CONFIG SET maxmemory-policy allkeys-lru");
    expect(await runRedis(redis.url)).toMatchObject([{ level: "error", what: expect.stringContaining("allkeys-lru") }]);
    await tellRedis("CONFIG SET maxmemory-policy noeviction");
    await tellRedis("CONFIG SET appendonly no");
    expect(await runRedis(redis.url)).toMatchObject([
      { level: "warning", what: expect.stringContaining("appendonly") },
    ]);
    await tellRedis("CONFIG SET appendonly yes");
  });

  it("tells a refused password from a Redis that is away", async () => {
    const wrong = await runRedis(`redis://default:hunter2hunter2@127.0.0.1:${redis.port}`);
    // Debian's default user has no password, so ioredis goes on; another user is refused.
    expect(wrong.map(({ level }) => level)).toEqual(["ok"]);
    const refused = await runRedis(`redis://nobody:hunter2hunter2@127.0.0.1:${redis.port}`);
    expect(refused).toMatchObject([{ level: "error", what: expect.stringContaining("WRONGPASS") }]);
    expect(JSON.stringify(refused)).not.toContain("hunter2");
    expect(await runRedis("redis://127.0.0.1:1")).toMatchObject([
      { level: "error", what: "Nothing listens at 127.0.0.1:1." },
    ]);
  });
});

describe("the doctor at a real Kafka", () => {
  const runKafka = (more: Record<string, string> = {}) =>
    run(kafkaCheck, { PORTCULLIS_KAFKA_BROKERS: kafka.url, ...more });

  it("takes a broker whose topics are not there yet", async () => {
    expect((await runKafka()).map(({ level }) => level)).toEqual(["ok", "hint", "hint"]);
  });

  it("finds topics that nobody can make", async () => {
    expect(await runKafka({ PORTCULLIS_KAFKA_CREATE_TOPICS: "false" })).toMatchObject([
      { level: "error", what: expect.stringContaining("missing") },
      { level: "hint" },
    ]);
    expect(await runKafka({ PORTCULLIS_KAFKA_REPLICATION: "3" })).toMatchObject([
      { level: "error", what: expect.stringContaining("3 replicas are wanted") },
      { level: "hint" },
    ]);
  });

  it("tells one broker that is away from all of them", async () => {
    const one = await runKafka({ PORTCULLIS_KAFKA_BROKERS: `127.0.0.1:1,${kafka.url}` });
    expect(one[0]).toMatchObject({ level: "warning", what: expect.stringContaining("127.0.0.1:1") });
    const all = await runKafka({ PORTCULLIS_KAFKA_BROKERS: "127.0.0.1:1" });
    expect(all).toMatchObject([{ level: "error", what: "No broker of Kafka answers at 127.0.0.1:1." }]);
  });
});

describe("the doctor at a real PostgreSQL", () => {
  const runPostgres = (url: string) => run(postgresCheck, { PORTCULLIS_DATABASE_URL: url });
  const as = (role: string, url: string): string => url.replace(/\/\/[^@]+@/, `//${role}@`);

  it("takes a role with its rights, and finds one without", async () => {
    const url = await postgres.createDatabase("doctor");
    const databases = openPostgres(url, () => undefined);
    const database = await databases.open<never>("doctor", {});
    for (const statement of [
      "create role weak login",
      "create role owner login",
      "create schema owned authorization owner",
    ])
      await query(database, statement, []);
    await databases.close();
    expect(await runPostgres(url)).toMatchObject([{ level: "ok" }, { what: expect.stringContaining("superuser") }]);
    expect(await runPostgres(as("owner", url))).toMatchObject([
      { level: "ok", what: expect.stringContaining("the role owner owns owned") },
    ]);
    expect(await runPostgres(as("weak", url))).toMatchObject([
      { level: "error", what: "The role weak may make no schema, and owns none." },
    ]);
  });

  it("tells a database that is not there, a role that is not there, and a server that is away", async () => {
    expect(await runPostgres(postgres.databaseUrl("nowhere"))).toMatchObject([
      { level: "error", what: expect.stringContaining("no such database") },
    ]);
    expect(await runPostgres(as("nobody", postgres.url))).toMatchObject([
      { level: "error", what: expect.stringContaining("does not let this role in") },
    ]);
    expect(await runPostgres("postgres://a:hunter2@127.0.0.1:1/b")).toMatchObject([
      { level: "error", what: "Nothing listens at 127.0.0.1:1." },
    ]);
  });
});
