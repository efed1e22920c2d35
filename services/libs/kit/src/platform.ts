import { type DynamicModule, Module } from "@nestjs/common";
import type { Registry } from "prom-client";
import type { Clock } from "./clock.js";
import type { Databases } from "./database/database.js";
import type { EventBus } from "./events/event-bus.js";
import type { Random } from "./random.js";
import type { Readiness } from "./readiness.js";
import type { KeyRing } from "./sealing/key-ring.js";
import type { KeyRingWatch } from "./sealing/key-ring-watch.js";
import { KeyedDigest } from "./sealing/keyed-digest.js";
import { Sealer } from "./sealing/sealer.js";
import type { SealedStates } from "./sealing/state-resealer.js";
import type { Log } from "./telemetry/log.js";
import { Stages } from "./telemetry/stages.js";
import { Tracing } from "./telemetry/tracing.js";

/** What every service stands on; the two modes differ in nothing else. */
export interface Platform {
  readonly bus: EventBus;
  readonly databases: Databases;
  readonly clock: Clock;
  readonly random: Random;
  /** As it was at the start: its keys of digests are what they are for ever. */
  readonly keyRing: KeyRing;
  /** What becomes of it later; absent where it stays what it is. */
  readonly keyRingWatch?: KeyRingWatch | undefined;
  /** Looks at what is published; absent where states are in nobody's keeping but their readers'. */
  readonly sealedStates?: SealedStates | undefined;
  readonly log: Log;
  readonly metrics: Registry;
  readonly readiness: Readiness;
  /** Nowhere when absent. */
  readonly tracing?: Tracing | undefined;
}

const NOTHING_PUBLISHED: SealedStates = () => Promise.resolve(new Map());
const NO_TRACING = new Tracing({ url: "", ratio: 0, service: "" });

export const EVENT_BUS = Symbol("EVENT_BUS");
export const DATABASES = Symbol("DATABASES");
export const CLOCK = Symbol("CLOCK");
export const RANDOM = Symbol("RANDOM");
export const KEY_RING = Symbol("KEY_RING");
export const SEALED_STATES = Symbol("SEALED_STATES");
export const LOG = Symbol("LOG");
export const METRICS = Symbol("METRICS");

/** Makes the platform's parts available to every module of the process. */
@Module({})
export class PlatformModule {
  static of(platform: Platform): DynamicModule {
    const { bus, databases, clock, random, keyRing, log, metrics, tracing = NO_TRACING } = platform;
    const sealer = new Sealer(platform.keyRingWatch?.ring ?? keyRing, random);
    platform.keyRingWatch?.onChange((ring) => sealer.take(ring));
    const providers = [
      { provide: EVENT_BUS, useValue: bus },
      { provide: DATABASES, useValue: databases },
      { provide: CLOCK, useValue: clock },
      { provide: RANDOM, useValue: random },
      { provide: KEY_RING, useValue: keyRing },
      { provide: LOG, useValue: log },
      { provide: METRICS, useValue: metrics },
      { provide: Sealer, useValue: sealer },
      { provide: SEALED_STATES, useValue: platform.sealedStates ?? NOTHING_PUBLISHED },
      { provide: KeyedDigest, useValue: new KeyedDigest(keyRing.digest) },
      { provide: Stages, useValue: new Stages(metrics, tracing) },
      { provide: Tracing, useValue: tracing },
    ];
    return { module: PlatformModule, global: true, providers, exports: providers };
  }
}
