import { readEnvironment } from "@portcullis/kit";
import { describe, expect, it } from "vitest";
import { challengeSettings, Environment } from "./config.js";

const needed = { PORTCULLIS_KAFKA_BROKERS: "127.0.0.1:9092", PORTCULLIS_KEYS_FILE: "keys.json" };

describe("the environment of challenge-orchestrator", () => {
  it("has a value for everything that is not given", () => {
    expect(challengeSettings(readEnvironment(Environment, needed))).toEqual({
      maxTries: 3,
      maxOpen: 4,
      lockout: { maxFailures: 10, windowMs: 300_000 },
      totpWindowSteps: 1,
      factors: { hotpLookAhead: 10, pinHistory: 5, pinDays: 0 },
      reach: { maxPrompts: 10, windowMs: 600_000 },
      denialCoolDownMs: 300_000,
      keepMs: 30_000,
    });
  });

  it.each([
    ["PORTCULLIS_CHALLENGE_MAX_TRIES", "0"],
    ["PORTCULLIS_CHALLENGE_MAX_OPEN", "17"],
    ["PORTCULLIS_LOCKOUT_MAX_FAILURES", "1.5"],
    ["PORTCULLIS_LOCKOUT_WINDOW_SECONDS", "9"],
    ["PORTCULLIS_TOTP_WINDOW_STEPS", "11"],
    ["PORTCULLIS_HOTP_LOOK_AHEAD", "0"],
    ["PORTCULLIS_PIN_HISTORY", "25"],
    ["PORTCULLIS_PIN_DAYS", "-1"],
    ["PORTCULLIS_REACH_MAX_PROMPTS", "0"],
    ["PORTCULLIS_REACH_WINDOW_SECONDS", "9"],
    ["PORTCULLIS_DENIAL_COOL_DOWN_SECONDS", "-1"],
    ["PORTCULLIS_DUPLICATE_WINDOW_SECONDS", "soon"],
  ])("refuses %s=%s", (name, value) => {
    expect(() => readEnvironment(Environment, { ...needed, [name]: value })).toThrow(name);
  });
});
