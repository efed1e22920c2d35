import "reflect-metadata";
import { readFileSync } from "node:fs";
import { type DynamicModule, Module, type Type } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import type { Kafka } from "kafkajs";
import { Registry } from "prom-client";
import { FollowedClock } from "./clock.js";
import { type Databases, openPostgres } from "./database/database.js";
import type { EventServer } from "./events/event-server.js";
import { KafkaBus } from "./events/kafka-bus.js";
import { connectKafka } from "./events/kafka-connection.js";
import { KafkaServer } from "./events/kafka-server.js";
import { createTopics } from "./events/kafka-topics.js";
import { RethrowFilter } from "./events/rethrow.filter.js";
import type { TopicOptions } from "./events/topic.js";
import { INTERNAL_ACCESS, type InternalAccess } from "./http/api-key.guard.js";
import { OpsController } from "./http/ops.controller.js";
import { type Platform, PlatformModule } from "./platform.js";
import type { PlatformSettings } from "./platform-environment.js";
import { Probe } from "./probe.js";
import { PooledRandom } from "./random.js";
import { Readiness } from "./readiness.js";
import { readKeyRing } from "./sealing/key-ring.js";
import { createEventMetrics } from "./telemetry/event-metrics.js";
import { createLog, type Log } from "./telemetry/log.js";
import { NestLogger } from "./telemetry/nest-logger.js";

export interface ServiceDefinition {
  readonly name: string;
  readonly settings: PlatformSettings;
  readonly topics: readonly TopicOptions[];
  /** The service's modules and what binds them to the stores of the distributed mode. */
  readonly modules: (
    platform: Platform & { readonly clock: FollowedClock },
  ) => Promise<readonly (DynamicModule | Type)[]>;
}

/** Runs one service of the distributed mode until it is told to leave. */
export async function runService(definition: ServiceDefinition): Promise<void> {
  const { name, settings, topics } = definition;
  const log = createLog(name, settings.PORTCULLIS_LOG_LEVEL);
  const kafka = connectKafka(
    { brokers: settings.PORTCULLIS_KAFKA_BROKERS, service: name, prefix: settings.PORTCULLIS_KAFKA_PREFIX },
    log,
  );
  await prepareTopics(kafka, settings, topics);
  const bus = new KafkaBus(kafka, settings.PORTCULLIS_KAFKA_PREFIX);
  await bus.connect();
  const random = new PooledRandom();
  const platform = {
    bus,
    databases: openDatabases(settings, log),
    clock: new FollowedClock(),
    random,
    keyRing: readKeyRing(settings.PORTCULLIS_KEYS_FILE),
    log,
    metrics: new Registry(),
    readiness: new Readiness(),
  };
  const access: InternalAccess = { kind: "api-key", key: readApiKey(settings.PORTCULLIS_API_KEY_FILE) };
  const server = new KafkaServer(
    { kafka, bus, groupId: name, prefix: settings.PORTCULLIS_KAFKA_PREFIX },
    { clock: platform.clock, log, metrics: createEventMetrics(platform.metrics) },
  );
  const probe = await probeKafka(kafka, platform.readiness);
  const app = await createApplication(platform, access, await definition.modules(platform), server);
  const [host, port] = hostAndPort(settings.PORTCULLIS_HTTP_LISTEN);
  await app.listen(port, host);
  log.info("service.started", { http: settings.PORTCULLIS_HTTP_LISTEN });
  await leaveOnSignal(async () => {
    log.info("service.leaving");
    probe.stop();
    await app.close();
    await Promise.all([bus.close(), platform.databases.close()]);
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
    imports: [PlatformModule.of(platform), InternalModule.of(platform.readiness, access), ...modules],
  })
  class RootModule {}
  const adapter = new FastifyAdapter({ bodyLimit: 65_536, forceCloseConnections: true });
  const logger = new NestLogger(platform.log);
  const app = await NestFactory.create<NestFastifyApplication>(RootModule, adapter, { logger, abortOnError: false });
  app.connectMicroservice({ strategy: server }).useGlobalFilters(new RethrowFilter());
  await app.startAllMicroservices();
  return app;
}

@Module({})
class InternalModule {
  static of(readiness: Readiness, access: InternalAccess): DynamicModule {
    const providers = [
      { provide: Readiness, useValue: readiness },
      { provide: INTERNAL_ACCESS, useValue: access },
    ];
    return { module: InternalModule, global: true, controllers: [OpsController], providers, exports: providers };
  }
}

/** Calls `leave` once, on the first SIGTERM or SIGINT; a second one ends the process at once. */
export function leaveOnSignal(leave: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const onSignal = (): void => {
      process.once("SIGINT", () => process.exit(130));
      leave().then(() => {
        resolve();
        process.exit(0);
      }, reject);
    };
    process.once("SIGTERM", onSignal);
    process.once("SIGINT", onSignal);
  });
}

async function prepareTopics(kafka: Kafka, settings: PlatformSettings, topics: readonly TopicOptions[]): Promise<void> {
  if (settings.PORTCULLIS_KAFKA_CREATE_TOPICS === "false") return;
  await createTopics(kafka, topics, {
    prefix: settings.PORTCULLIS_KAFKA_PREFIX,
    partitions: settings.PORTCULLIS_KAFKA_PARTITIONS,
    replicationFactor: settings.PORTCULLIS_KAFKA_REPLICATION,
  });
}

function openDatabases(settings: PlatformSettings, log: Log): Databases {
  return openPostgres(settings.PORTCULLIS_DATABASE_URL, (error) => log.warn("database.connection_lost", { error }));
}

async function probeKafka(kafka: Kafka, readiness: Readiness): Promise<Probe> {
  const admin = kafka.admin();
  const probe = new Probe(
    "kafka",
    async () => {
      await admin.connect();
      await admin.describeCluster();
    },
    readiness,
  );
  await probe.start();
  return probe;
}

function readApiKey(path: string): string {
  return path === "" ? "" : readFileSync(path, "utf8").trim();
}

function hostAndPort(listen: string): [string, number] {
  const at = listen.lastIndexOf(":");
  return [listen.slice(0, at).replace(/^\[|\]$/g, ""), Number(listen.slice(at + 1))];
}
