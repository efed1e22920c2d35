import type { KafkaState, PostgresState } from "@portcullis/kit";
import { describe, expect, it } from "vitest";
import type { Finding } from "../check.js";
import { offsetFinding, synchronisedFinding } from "./clock.js";
import { kafkaFindings } from "./kafka.js";
import { postgresFindings } from "./postgres.js";
import { redisFindings } from "./redis.js";

const levelsOf = (findings: readonly Finding[]): string[] => findings.map(({ level }) => level);

describe("kafkaFindings", () => {
  const topic = { name: "a.v1", replicas: 3, minInSyncReplicas: 2 };
  const good: KafkaState = { unreachable: [], brokerCount: 3, missing: [], topics: [topic] };
  const settings = { createTopics: true, replication: 3 };

  it("takes three brokers with three replicas, two of them in sync", () => {
    expect(levelsOf(kafkaFindings(good, settings))).toEqual(["ok"]);
  });

  it.each<[string, Partial<KafkaState>, string[], string]>([
    ["no broker", { brokerCount: 0, unreachable: ["k1:9092", "k2:9092"] }, ["error"], "k1:9092 and k2:9092"],
    ["one broker away", { unreachable: ["k2:9092"] }, ["warning"], "k2:9092"],
    ["min.insync above the replicas", { topics: [{ ...topic, minInSyncReplicas: 4 }] }, ["error"], "Nothing can be"],
    ["min.insync of all replicas", { topics: [{ ...topic, minInSyncReplicas: 3 }] }, ["warning"], "One broker away"],
    ["few replicas", { topics: [{ name: "a.v1", replicas: 2 }] }, ["warning"], "Fewer than 3"],
    ["min.insync of 1", { topics: [{ ...topic, minInSyncReplicas: 1 }] }, ["warning"], "may be lost"],
    [
      "one broker at all",
      { brokerCount: 1, topics: [{ ...topic, replicas: 1, minInSyncReplicas: 1 }] },
      ["ok", "hint"],
      "1 broker",
    ],
    ["missing topics", { missing: ["b.v1"] }, ["ok", "hint"], "1 topic"],
  ])("finds %s", (_, wrong, levels, words) => {
    const findings = kafkaFindings({ ...good, ...wrong }, settings);
    expect(levelsOf(findings)).toEqual(levels);
    expect(JSON.stringify(findings)).toContain(words);
  });

  it("finds missing topics that nobody can make", () => {
    const missing = { ...good, missing: ["b.v1"] };
    expect(levelsOf(kafkaFindings(missing, { ...settings, createTopics: false }))).toEqual(["error"]);
    expect(levelsOf(kafkaFindings(missing, { ...settings, replication: 5 }))).toEqual(["error"]);
  });
});

describe("redisFindings", () => {
  const good = { version: "7.0.15", maxmemoryPolicy: "noeviction", appendOnly: true, clockAheadMs: 0 };

  it("takes a Redis that keeps what it is given, and one that does not tell", () => {
    expect(levelsOf(redisFindings(good, "r:6379"))).toEqual(["ok"]);
    expect(levelsOf(redisFindings({ version: "8.0.0", clockAheadMs: 0 }, "r:6379"))).toEqual(["ok"]);
  });

  it.each([
    ["error", { version: "6.2.1" }],
    ["error", { maxmemoryPolicy: "allkeys-lru" }],
    ["warning", { appendOnly: false }],
  ])("gives %s for %o", (level, wrong) => {
    expect(levelsOf(redisFindings({ ...good, ...wrong }, "r:6379"))).toEqual([level]);
  });
});

describe("postgresFindings", () => {
  const good: PostgresState = {
    major: 15,
    encoding: "UTF8",
    role: "portal",
    superuser: false,
    readOnly: false,
    mayCreateSchemas: false,
    ownSchemas: ["portal"],
  };

  it("takes a role that owns its schema, or may make it", () => {
    expect(levelsOf(postgresFindings(good, "p:5432"))).toEqual(["ok"]);
    expect(levelsOf(postgresFindings({ ...good, ownSchemas: [], mayCreateSchemas: true }, "p:5432"))).toEqual(["ok"]);
  });

  it.each<[string[], Partial<PostgresState>]>([
    [["error"], { major: 14 }],
    [["error"], { ownSchemas: [] }],
    [["error"], { readOnly: true }],
    [["error"], { encoding: "SQL_ASCII" }],
    [["ok", "hint"], { superuser: true }],
  ])("gives %o for %o", (levels, wrong) => {
    expect(levelsOf(postgresFindings({ ...good, ...wrong }, "p:5432"))).toEqual(levels);
  });
});

describe("the clock", () => {
  it.each([
    [1_999, "ok"],
    [2_000, "warning"],
    [-29_999, "warning"],
    [-30_000, "error"],
  ])("%d ms off is %s", (aheadMs, level) => {
    expect(offsetFinding(aheadMs).level).toBe(level);
  });

  it("says which way it is off", () => {
    expect(offsetFinding(5_000).what).toContain("5.0 s behind Redis'");
    expect(offsetFinding(-5_000).what).toContain("5.0 s ahead of Redis'");
  });

  it.each([
    ["yes", "ok"],
    ["no", "warning"],
    ["", "hint"],
  ])("timedatectl's %j is %s", (answer, level) => {
    expect(synchronisedFinding(answer).level).toBe(level);
  });
});
