import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { eventually } from "../eventually.js";
import { freePort } from "../free-port.js";
import { startProcess } from "../process/started-process.js";
import { kafkaProperties, loggingConfiguration } from "./kafka-properties.js";
import { LOOPBACK, type Server, type ServerOptions, startServer } from "./server.js";

export interface KafkaOptions extends ServerOptions {
  /** Further broker properties, over those of kafka-properties.ts. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly heapMebibytes?: number;
  /** The folder of Kafka's jars; where `kafka.sh` puts them when absent. */
  readonly jars?: string;
}

/** `url` is the bootstrap address, `host:port`. */
export interface KafkaServer extends Server {
  readonly brokers: readonly string[];
}

/** The topic that the readiness probe writes to. */
const KAFKA_PROBE_TOPIC = "testkit.ready";
const JARS = resolve(import.meta.dirname, "../../../../../.cache/kafka/4.1.2/libs");
const DEFAULT_HEAP_MEBIBYTES = 256;
const PROBE_TIMEOUT_MS = 3_000;
const FORMAT_TIMEOUT_MS = 60_000;

/** Starts Apache Kafka, one broker in KRaft mode. Usable: topics can be created and an acknowledged record written. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  const jars = options.jars ?? JARS;
  if (!existsSync(jars)) throw new Error(`no Kafka in ${jars}; run services/libs/tools/src/install/test-stores.sh`);
  const heap = options.heapMebibytes ?? DEFAULT_HEAP_MEBIBYTES;
  const server = await startServer({
    name: "kafka",
    options,
    prepare: (dir, port) => prepare(dir, port, jars, options.properties ?? {}),
    command: (dir, port) => ({
      command: "java",
      args: [
        ...javaFlags(jars),
        `-Xms${heap}m`,
        `-Xmx${heap}m`,
        `-Dlog4j2.configurationFile=${loggingFile(dir)}`,
        "kafka.Kafka",
        propertiesFile(dir),
      ],
      readyWhen: () => isUsable(port, clusterIdOf(dir)),
      readyTimeoutMs: 60_000,
      stopTimeoutMs: 20_000,
    }),
    url: (port) => `${LOOPBACK}:${port}`,
  });
  return Object.assign(server, { brokers: [server.url] });
}

const propertiesFile = (dir: string) => join(dir, "server.properties");
const loggingFile = (dir: string) => join(dir, "log4j2.properties");
const metaFile = (dir: string) => join(dir, "data", "meta.properties");

function javaFlags(jars: string): string[] {
  return ["-XX:+UseSerialGC", "-XX:-UsePerfData", "-Djava.awt.headless=true", "-cp", `${jars}/*`];
}

/** Writes the configuration, which holds the port, and formats the data folder unless it has been. */
async function prepare(dir: string, port: number, jars: string, properties: Record<string, string>): Promise<void> {
  const controllerPort = await freePort();
  await writeFile(propertiesFile(dir), kafkaProperties({ dir: join(dir, "data"), port, controllerPort, properties }));
  await writeFile(loggingFile(dir), loggingConfiguration());
  if (existsSync(metaFile(dir))) return;
  // 16 bytes without a leading hyphen, which would be taken for an option.
  const clusterId = randomBytes(16).toString("base64url").replace(/^-/, "A");
  const format = await startProcess({
    command: "java",
    args: [
      ...javaFlags(jars),
      "-XX:TieredStopAtLevel=1",
      `-Dlog4j2.configurationFile=${loggingFile(dir)}`,
      "kafka.tools.StorageTool",
      "format",
      "-t",
      clusterId,
      "-c",
      propertiesFile(dir),
    ],
    cwd: dir,
  });
  await eventually(() => !format.running, { what: "Kafka's storage is formatted", timeoutMs: FORMAT_TIMEOUT_MS });
  const exit = await format.exit;
  if (exit.code !== 0) throw new Error(`Kafka's storage tool failed in ${dir}:\n${format.output().join("\n")}`);
}

function clusterIdOf(dir: string): string {
  return /^cluster\.id=(.*)$/m.exec(readFileSync(metaFile(dir), "utf8"))?.[1] ?? "";
}

/**
 * A broker that listens is not ready: it may still wait for its controller and for leaders of partitions.
 * The cluster's id tells it from another broker on this port.
 */
async function isUsable(port: number, clusterId: string): Promise<boolean> {
  const kafka = new Kafka({
    brokers: [`${LOOPBACK}:${port}`],
    clientId: "testkit",
    logLevel: logLevel.NOTHING,
    connectionTimeout: PROBE_TIMEOUT_MS,
    requestTimeout: PROBE_TIMEOUT_MS,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  const producer = kafka.producer();
  try {
    await admin.connect();
    if ((await admin.describeCluster()).clusterId !== clusterId) return false;
    await admin.createTopics({ topics: [{ topic: KAFKA_PROBE_TOPIC, numPartitions: 1 }], waitForLeaders: true });
    await producer.connect();
    await producer.send({ topic: KAFKA_PROBE_TOPIC, acks: -1, messages: [{ value: "ready" }] });
    return true;
  } finally {
    await Promise.all([producer.disconnect(), admin.disconnect()]);
  }
}
