import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readEnvironment } from "./environment.js";
import { PlatformEnvironment } from "./platform-environment.js";

const Environment = PlatformEnvironment.extend({ PORTCULLIS_ROUNDS: z.coerce.number().int().min(0).default(3) });
const minimal = { PORTCULLIS_KAFKA_BROKERS: "a:9092,[::1]:9093", PORTCULLIS_KEYS_FILE: "/keys" };

function messageOf(environment: Record<string, string>): string {
  try {
    readEnvironment(Environment, { ...minimal, ...environment });
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("readEnvironment", () => {
  it("reads what is given, fills in the rest, and leaves other variables alone", () => {
    const settings = readEnvironment(Environment, { ...minimal, PATH: "/bin", PORTCULLIS_ROUNDS: "7" });
    expect(settings.PORTCULLIS_KAFKA_BROKERS).toEqual(["a:9092", "[::1]:9093"]);
    expect(settings.PORTCULLIS_ROUNDS).toBe(7);
    expect(settings.PORTCULLIS_HTTP_LISTEN).toBe("127.0.0.1:8080");
  });

  it("takes an empty variable for one that is not set", () => {
    expect(readEnvironment(Environment, { ...minimal, PORTCULLIS_ROUNDS: "" }).PORTCULLIS_ROUNDS).toBe(3);
    expect(messageOf({ PORTCULLIS_KEYS_FILE: "" })).toContain("PORTCULLIS_KEYS_FILE is not set, and it must be.");
  });

  it("stops at an unknown variable and names the near match, without its value", () => {
    const message = messageOf({ PORTCULLIS_KEYS_FLIE: "hunter2", PORTCULLIS_SOMETHING_ELSE_ENTIRELY: "hunter2" });
    expect(message).toContain(
      "PORTCULLIS_KEYS_FLIE is not a setting of this service. Did you mean PORTCULLIS_KEYS_FILE?",
    );
    expect(message).toMatch(/PORTCULLIS_SOMETHING_ELSE_ENTIRELY is not a setting of this service\.$/m);
    expect(message).not.toContain("hunter2");
  });

  it("names every mistake at once, and shows no value: a URL has a password in it", () => {
    const message = messageOf({
      PORTCULLIS_DATABASE_URL: "postgres://portcullis:hunter2@db:port/x",
      PORTCULLIS_REDIS_URL: "http://:hunter2@redis",
      PORTCULLIS_KAFKA_BROKERS: "hunter2",
      PORTCULLIS_KAFKA_PARTITIONS: "hunter2",
      PORTCULLIS_LOG_LEVEL: "hunter2",
      PORTCULLIS_KAFKA_PREFIX: "Hunter2",
    });
    for (const name of [
      "DATABASE_URL",
      "REDIS_URL",
      "KAFKA_BROKERS",
      "KAFKA_PARTITIONS",
      "LOG_LEVEL",
      "KAFKA_PREFIX",
    ]) {
      expect(message).toContain(`PORTCULLIS_${name}: `);
    }
    expect(message.toLowerCase()).not.toContain("hunter2");
  });

  it("shows a mistake that no single variable has made", () => {
    const Both = z
      .object({ PORTCULLIS_A: z.string().optional(), PORTCULLIS_B: z.string().optional() })
      .refine((all) => all.PORTCULLIS_A === undefined || all.PORTCULLIS_B === undefined, "A and B exclude each other");
    expect(() => readEnvironment(Both, { PORTCULLIS_A: "1", PORTCULLIS_B: "2" })).toThrow(
      "A and B exclude each other.",
    );
  });
});
