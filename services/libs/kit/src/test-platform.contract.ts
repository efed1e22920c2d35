import { createSecretKey, randomBytes } from "node:crypto";
import { Registry } from "prom-client";
import { systemClock } from "./clock.js";
import type { EventBus } from "./events/event-bus.js";
import type { Platform } from "./platform.js";
import { PooledRandom } from "./random.js";
import { Readiness } from "./readiness.js";
import type { KeyRing } from "./sealing/key-ring.js";
import { createLog } from "./telemetry/log.js";

/** A key ring of fresh keys. */
export function freshKeyRing(active = 1): KeyRing {
  const key = () => createSecretKey(randomBytes(32));
  return { active, sealing: new Map([[active, key()]]), digest: key(), audit: key() };
}

/** The parts of a platform that need no server, for tests of what stands on them. It has no database. */
export function testPlatform(bus: EventBus): Platform {
  const noDatabase = (): never => {
    throw new Error("This platform has no database.");
  };
  return {
    bus,
    databases: { open: noDatabase, holdLock: noDatabase, close: () => Promise.resolve() },
    clock: systemClock,
    random: new PooledRandom(),
    keyRing: freshKeyRing(),
    log: createLog("test", "silent"),
    metrics: new Registry(),
    readiness: new Readiness(),
  };
}
