import { describe, expect, it } from "vitest";
import { ServerHealth } from "./server-health.js";
import { DEFAULT_HEALTH, type HealthOptions, type ServerState } from "./target-options.js";

const S = 1000;

function healthOf(options: Partial<HealthOptions> = {}): { health: ServerHealth; changes: ServerState[] } {
  const changes: ServerState[] = [];
  const health = new ServerHealth({ ...DEFAULT_HEALTH, ...options }, (state) => changes.push(state));
  return { health, changes };
}

/** Three requests, sent one second before `nowMs`, without an answer. */
function threeUnanswered(health: ServerHealth, nowMs: number): void {
  for (let count = 0; count < 3; count++) health.unanswered(nowMs - S, nowMs);
}

describe("ServerHealth", () => {
  it("is alive until several requests in a row had no answer", () => {
    const { health } = healthOf();
    health.unanswered(0, 20 * S);
    health.unanswered(0, 20 * S);
    expect(health.state(20 * S)).toBe("alive");
    health.answered(21 * S);
    health.unanswered(22 * S, 42 * S);
    health.unanswered(22 * S, 42 * S);
    expect(health.state(42 * S)).toBe("alive");
    health.unanswered(22 * S, 42 * S);
    expect(health.state(42 * S)).toBe("zombie");
  });

  it("does not take it for silence when another request was answered meanwhile", () => {
    const { health } = healthOf();
    health.answered(10 * S);
    for (let count = 0; count < 10; count++) health.unanswered(5 * S, 25 * S);
    expect(health.state(25 * S)).toBe("alive");
  });

  it("dies when a zombie stays silent for the zombie period, and not while it is heard", () => {
    const { health, changes } = healthOf();
    threeUnanswered(health, 20 * S);
    health.statusAnswered(50 * S);
    expect(health.state(60 * S)).toBe("zombie");
    expect(health.state(89 * S)).toBe("zombie");
    expect(health.state(90 * S)).toBe("dead");
    expect(changes).toEqual(["zombie", "dead"]);
  });

  it("comes back by several answers to Status-Server in a row, dead or zombie", () => {
    const { health, changes } = healthOf();
    threeUnanswered(health, 20 * S);
    expect(health.state(60 * S)).toBe("dead");
    health.statusAnswered(90 * S);
    health.statusAnswered(120 * S);
    health.statusUnanswered(150 * S);
    health.statusAnswered(180 * S);
    health.statusAnswered(210 * S);
    expect(health.state(210 * S)).toBe("dead");
    health.statusAnswered(240 * S);
    expect(health.state(240 * S)).toBe("alive");
    expect(changes).toEqual(["zombie", "dead", "alive"]);
  });

  it("comes back by one answer to a request", () => {
    const { health } = healthOf();
    threeUnanswered(health, 20 * S);
    expect(health.state(70 * S)).toBe("dead");
    health.answered(71 * S);
    expect(health.state(71 * S)).toBe("alive");
  });

  it("is tried again after the revive interval where there is no Status-Server, and only there", () => {
    const { health } = healthOf({ statusServer: false });
    const checked = healthOf().health;
    for (const each of [health, checked]) {
      threeUnanswered(each, 20 * S);
      expect(each.state(60 * S)).toBe("dead");
    }
    expect(health.state(179 * S)).toBe("dead");
    expect(health.state(180 * S)).toBe("alive");
    expect(checked.state(9999 * S)).toBe("dead");
    threeUnanswered(health, 200 * S);
    expect(health.state(200 * S)).toBe("zombie");
  });
});
