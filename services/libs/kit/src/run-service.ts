import "reflect-metadata";
import { readFileSync } from "node:fs";
import { type DynamicModule, Module, type Type } from "@nestjs/common";
import { DiscoveryModule, NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import type { Kafka } from "kafkajs";
import { Registry } from "prom-client";
import { FollowedClock } from "./clock.js";
import { type Databases, openPostgres } from "./database/database.js";
import type { EventServer } from "./events/event-server.js";
import { KafkaBus } from "./events/kafka-bus.js";
import { connectKafka } from "./events/kafka-connection.js";
import { kafkaSealedStates } from "./events/kafka-sealed-states.js";
import { KafkaServer } from "./events/kafka-server.js";
import { createTopics } from "./events/kafka-topics.js";
import type { TopicOptions } from "./events/topic.js";
import { INTERNAL_ACCESS, type InternalAccess } from "./http/api-key.guard.js";
import { KeysController } from "./http/keys.controller.js";
import { OpsController } from "./http/ops.controller.js";
import { ReloadController } from "./http/reload.controller.js";
import { leaveOnSignal } from "./leave-on-signal.js";
import { type Platform, PlatformModule } from "./platform.js";
import type { PlatformSettings } from "./platform-environment.js";
import { Probe } from "./probe.js";
import { PooledRandom } from "./random.js";
import { Readiness } from "./readiness.js";
import { KeyRingWatch } from "./sealing/key-ring-watch.js";
import { createEventMetrics } from "./telemetry/event-metrics.js";
import { createLog, type Log } from "./telemetry/log.js";
import { NestLogger } from "./telemetry/nest-logger.js";
import { Tracing } from "./telemetry/tracing.js";
import { waitFor } from "./wait-for.js";

const MIN_API_KEY_LENGTH = 16;
const HTTP = { bodyLimit: 65_536, requestTimeout: 10_000, forceCloseConnections: true };

export interface ServiceDefinition {
  readonly name: string;
  readonly settings: PlatformSettings;
  readonly topics: readonly TopicOptions[];
  /** The service's modules and what binds them to the stores of the distributed mode. */
  readonly modules: (
    platform: Platform & { readonly clock: FollowedClock },
  ) => Promise<readonly (DynamicModule | Type)[]>;
}

/**
 * Runs one service of the distributed mode until it is told to leave. A store that is not there yet is waited for; when it
 * does not come, the reason is logged and the process ends with 1.
 */
export async function runService(definition: ServiceDefinition): Promise<void> {
  const log = createLog(definition.name, definition.settings.PORTCULLIS_LOG_LEVEL);
  try {
    await startService(definition, log);
  } catch (error) {
    // Logged here: what Node prints of an uncaught error includes everything that a driver hung onto it.
    log.error("service.not_started", { error });
    process.exit(1);
  }
}

async function startService(definition: ServiceDefinition, log: Log): Promise<void> {
  const { name, settings } = definition;
  const prefix = settings.PORTCULLIS_KAFKA_PREFIX;
  const keyRingWatch = new KeyRingWatch(settings.PORTCULLIS_KEYS_FILE, log);
  const access: InternalAccess = { kind: "api-key", key: readApiKey(settings.PORTCULLIS_API_KEY_FILE) };
  const connection = { brokers: settings.PORTCULLIS_KAFKA_BROKERS, service: name, prefix };
  const kafka = connectKafka(connection, log);
  const bus = new KafkaBus(kafka, prefix);
  await waitFor("Kafka", () => prepareKafka(kafka, bus, definition), log);
  const platform = {
    bus,
    databases: openDatabases(settings, log),
    clock: new FollowedClock(),
    random: new PooledRandom(),
    keyRing: keyRingWatch.ring,
    keyRingWatch,
    sealedStates: kafkaSealedStates(kafka, prefix),
    log,
    metrics: new Registry(),
    readiness: new Readiness(),
    tracing: tracingOf(settings, name),
  };
  const server = new KafkaServer(
    { kafka: connectKafka({ ...connection, patient: true }, log), bus, groupId: name, prefix },
    { clock: platform.clock, log, metrics: createEventMetrics(platform.metrics) },
  );
  const probe = await probeKafka(kafka, platform.readiness);
  const app = await createApplication(platform, access, await definition.modules(platform), server);
  const [host, port] = hostAndPort(settings.PORTCULLIS_HTTP_LISTEN);
  await app.listen(port, host);
  keyRingWatch.start();
  log.info("service.started", { http: settings.PORTCULLIS_HTTP_LISTEN });
  let leaving = false;
  platform.readiness.add("leaving", () => !leaving);
  leaveOnSignal(async () => {
    leaving = true;
    log.info("service.leaving");
    keyRingWatch.stop();
    await app.close();
    await probe.stop();
    await Promise.all([bus.close(), platform.databases.close(), platform.tracing.close()]);
    log.info("service.left");
  });
}

/** One Nest application around the modules: events on `server`, health and the internal interface over HTTP. */
export async function createApplication(
  platform: Platform,
  access: InternalAccess,
  modules: readonly (DynamicModule | Type)[],
  server: EventServer,
): Promise<NestFastifyApplication> {
  @Module({
    imports: [PlatformModule.of(platform), InternalModule.of(platform, access), ...modules],
  })
  class RootModule {}
  const adapter = new FastifyAdapter(HTTP);
  const logger = new NestLogger(platform.log);
  // The octets of bodies are kept beside what is in them: signatures are about octets.
  const options = { logger, abortOnError: false, rawBody: true };
  const app = await NestFactory.create<NestFastifyApplication>(RootModule, adapter, options);
  app.connectMicroservice({ strategy: server });
  await app.startAllMicroservices();
  return app;
}

@Module({})
class InternalModule {
  static of({ readiness, keyRingWatch }: Platform, access: InternalAccess): DynamicModule {
    const providers = [
      { provide: Readiness, useValue: readiness },
      { provide: INTERNAL_ACCESS, useValue: access },
    ];
    const keys = { providers: [{ provide: KeyRingWatch, useValue: keyRingWatch }], controllers: [KeysController] };
    return {
      module: InternalModule,
      global: true,
      imports: [DiscoveryModule],
      controllers: [OpsController, ReloadController, ...(keyRingWatch === undefined ? [] : keys.controllers)],
      providers: [...providers, ...(keyRingWatch === undefined ? [] : keys.providers)],
      exports: providers,
    };
  }
}

/** @param service the name under which its spans are seen */
export function tracingOf(
  settings: Pick<PlatformSettings, "PORTCULLIS_TRACES_URL" | "PORTCULLIS_TRACES_RATIO">,
  service: string,
): Tracing {
  return new Tracing({ url: settings.PORTCULLIS_TRACES_URL, ratio: settings.PORTCULLIS_TRACES_RATIO, service });
}

async function prepareKafka(kafka: Kafka, bus: KafkaBus, { settings, topics }: ServiceDefinition): Promise<void> {
  if (settings.PORTCULLIS_KAFKA_CREATE_TOPICS === "true") {
    await createTopics(kafka, topics, {
      prefix: settings.PORTCULLIS_KAFKA_PREFIX,
      partitions: settings.PORTCULLIS_KAFKA_PARTITIONS,
      replicationFactor: settings.PORTCULLIS_KAFKA_REPLICATION,
    });
  }
  await bus.connect();
}

function openDatabases(settings: PlatformSettings, log: Log): Databases {
  return openPostgres(settings.PORTCULLIS_DATABASE_URL, (error) => log.warn("database.connection_lost", { error }));
}

async function probeKafka(kafka: Kafka, readiness: Readiness): Promise<{ stop(): Promise<void> }> {
  const admin = kafka.admin();
  const ask = async (): Promise<void> => {
    await admin.connect();
    await admin.describeCluster();
  };
  const probe = new Probe("kafka", ask, readiness);
  await probe.start();
  return {
    stop: async () => {
      probe.stop();
      await admin.disconnect();
    },
  };
}

/** @returns the key, or nothing when none is configured. Throws when it is so short that it can be guessed. */
function readApiKey(path: string): string {
  if (path === "") return "";
  const key = readFileSync(path, "utf8").trim();
  if (key.length < MIN_API_KEY_LENGTH) throw new Error(`${path} must hold at least ${MIN_API_KEY_LENGTH} characters.`);
  return key;
}

function hostAndPort(listen: string): [string, number] {
  const at = listen.lastIndexOf(":");
  return [listen.slice(0, at).replace(/^\[|\]$/g, ""), Number(listen.slice(at + 1))];
}
