import { ClientChangedSchema, LoginRequestedSchema } from "@portcullis/proto";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createEventMetrics } from "../telemetry/event-metrics.js";
import type { Log } from "../telemetry/log.js";
import { Unavailable } from "../unavailable.js";
import { deliver, deliveryContext } from "./deliver.js";
import type { Subscription } from "./event-server.js";

function setUp(handle: (payload: unknown) => Promise<void>, deadlineMs: () => number | undefined = () => undefined) {
  const lines: string[] = [];
  const note = (event: string): void => void lines.push(event);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const registry = new Registry();
  const leaving = new AbortController();
  const parts = { clock: { nowMs: () => Date.now() }, log, metrics: createEventMetrics(registry) };
  const subscription: Subscription = { kind: "event", schema: LoginRequestedSchema, deadlineMs, handle };
  const context = deliveryContext(parts, leaving.signal);
  return { run: () => deliver("t", subscription, {}, context), subscription, context, lines, leaving, registry };
}

const away = () => Promise.reject(new Unavailable("away"));

describe("deliver", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  it("takes a wrong record for poison at once, and counts it", async () => {
    const { run, lines, registry } = setUp(() => Promise.reject(new TypeError("a bug")));
    expect(await run()).toBe("poison");
    expect(lines).toEqual(["event.poison"]);
    expect(await registry.metrics()).toContain('portcullis_events_dead_total{topic="t"} 1');
  });

  it("takes a handler that throws before it gives a promise for poison too", async () => {
    const { run } = setUp(() => {
      throw new TypeError("a bug");
    });
    expect(await run()).toBe("poison");
  });

  it("ends the wait at the deadline, and not before the first try", async () => {
    let tries = 0;
    const handle = () => {
      tries++;
      return away();
    };
    expect(await setUp(handle, () => Date.now() - 1).run()).toBe("expired");
    expect(tries).toBe(1);
  });

  it("gives an event up that has no readable deadline", async () => {
    const { run } = setUp(away, () => {
      throw new TypeError("no context");
    });
    expect(await run()).toBe("expired");
  });

  it("comes back at once when the process leaves, though a state would wait for ever", async () => {
    vi.useRealTimers();
    const { subscription, context, leaving } = setUp(away);
    const state: Subscription = { kind: "state", schema: ClientChangedSchema, handle: subscription.handle };
    const delivery = deliver("t", state, {}, context);
    setTimeout(() => leaving.abort(), 20);
    expect(await delivery).toBe("left");
  });

  it("says once that a store is away, not for each of a thousand events", async () => {
    const { run, lines } = setUp(away, () => Date.now());
    await Promise.all(Array.from({ length: 1_000 }, run));
    expect(lines).toEqual(["event.waits_for_store"]);
  });
});
