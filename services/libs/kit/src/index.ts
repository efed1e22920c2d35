export { Batcher, type BatcherOptions } from "./batcher.js";
export { type Clock, FollowedClock, systemClock } from "./clock.js";
export {
  type Database,
  type Databases,
  type Migrations,
  openPglite,
  openPostgres,
  query,
} from "./database/database.js";
export { DatabaseProbe } from "./database/database-probe.js";
export { inspectPostgres, type PostgresState } from "./database/inspect-postgres.js";
export { readEnvironment } from "./environment.js";
export { type DeadLetter, type DeadLetters, deadLetterFile } from "./events/dead-letters.js";
export type { EventBus, StateRecord } from "./events/event-bus.js";
export { InProcessBus, InProcessServer } from "./events/in-process.js";
export { inspectKafka, type KafkaState, type TopicState } from "./events/inspect-kafka.js";
export { DEAD_LETTERS_KEPT_MS } from "./events/kafka-topics.js";
export { OnEvent, OnState } from "./events/on-event.js";
export { type TopicOptions, topicOf } from "./events/topic.js";
export { Argon2Hasher, HashesBusy } from "./hashing/argon2-hasher.js";
export { ApiKeyGuard } from "./http/api-key.guard.js";
export {
  type ImportChanges,
  ImportOnStart,
  type ImportOutcome,
  type ImportParts,
  type ImportReport,
} from "./import-on-start.js";
export { leaveOnSignal } from "./leave-on-signal.js";
export {
  CLOCK,
  DATABASES,
  EVENT_BUS,
  KEY_RING,
  LOG,
  METRICS,
  type Platform,
  RANDOM,
  SEALED_STATES,
} from "./platform.js";
export { PlatformEnvironment, type PlatformSettings, TracingEnvironment } from "./platform-environment.js";
export { Probe } from "./probe.js";
export { PooledRandom, type Random } from "./random.js";
export { Readiness } from "./readiness.js";
export { fail, ok, type Result } from "./result.js";
export { createApplication, runService, type ServiceDefinition, tracingOf } from "./run-service.js";
export {
  changeKeyFile,
  createKeyFile,
  type KeyFile,
  KeyFileBusy,
  readKeyFile,
  withActiveKey,
  withNewKey,
  withoutKey,
} from "./sealing/key-file.js";
export { fingerprintOf, type KeyRing, readKeyRing } from "./sealing/key-ring.js";
export { KeyRingWatch } from "./sealing/key-ring-watch.js";
export { KeyedDigest } from "./sealing/keyed-digest.js";
export { Resealer } from "./sealing/resealer.js";
export { hasSealedFields } from "./sealing/sealed-fields-of.js";
export { type SealedTable, sealedTable } from "./sealing/sealed-tables.js";
export { SEAL_OVERHEAD_BYTES, Sealer, UnknownKey } from "./sealing/sealer.js";
export { type SealedStates, StateResealer } from "./sealing/state-resealer.js";
export { TableResealer } from "./sealing/table-resealer.js";
export { createEventMetrics } from "./telemetry/event-metrics.js";
export { createLog, type Log } from "./telemetry/log.js";
export { Stages } from "./telemetry/stages.js";
export { Tracing, type TracingOptions } from "./telemetry/tracing.js";
export { isUnavailable, Unavailable } from "./unavailable.js";
