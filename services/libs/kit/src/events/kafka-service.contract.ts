import { connect, type Socket } from "node:net";
import { fromBinary } from "@bufbuild/protobuf";
import type { DynamicModule } from "@nestjs/common";
import { ClientChangedSchema, LoginDecidedSchema, LoginRequestedSchema } from "@portcullis/proto";
import type { Kafka } from "kafkajs";
import { createApplication } from "../run-service.js";
import { createEventMetrics } from "../telemetry/event-metrics.js";
import { testPlatform } from "../test-platform.contract.js";
import { idOf, type RunningTransport } from "./event-transport.contract.js";
import { KafkaBus } from "./kafka-bus.js";
import { connectKafka } from "./kafka-connection.js";
import { KafkaServer } from "./kafka-server.js";
import { createTopics } from "./kafka-topics.js";
import { deadLetterTopicOf, topicOf } from "./topic.js";

const SERVICE = "tested";
const PARTITIONS = 4;

export interface KafkaReplica extends RunningTransport {
  readonly kafka: Kafka;
  /** What a SIGKILL looks like from outside: its connections break, nothing is said, and it never comes back. */
  cut(): void;
}

/** One replica of a service on Kafka, in this process. Replicas with the same prefix share its work. */
export async function startOnKafka(
  brokers: readonly string[],
  prefix: string,
  modules: readonly DynamicModule[],
): Promise<KafkaReplica> {
  const wire = new Wire();
  const options = { brokers, service: SERVICE, prefix };
  const bus = new KafkaBus(connectKafka(options, testPlatform(undefined as never).log), prefix);
  const platform = testPlatform(bus);
  const kafka = connectKafka({ ...options, patient: true }, platform.log, wire.open);
  const schemas = [LoginRequestedSchema, LoginDecidedSchema, ClientChangedSchema];
  await createTopics(kafka, schemas.map(topicOf), { prefix, partitions: PARTITIONS, replicationFactor: 1 });
  await bus.connect();
  const parts = { clock: platform.clock, log: platform.log, metrics: createEventMetrics(platform.metrics) };
  const server = new KafkaServer({ kafka, bus, groupId: SERVICE, prefix }, parts);
  const app = await createApplication(platform, { kind: "private-socket" }, modules, server);
  return {
    bus,
    kafka,
    cut: () => wire.cut(),
    deadLetters: () => readDeadLetters(kafka, prefix),
    close: async () => {
      await app.close();
      await bus.close();
    },
  };
}

class Wire {
  readonly #sockets = new Set<Socket>();
  #cut = false;

  readonly open = ((...parameters: Parameters<typeof connect>) => {
    const socket = connect(...parameters);
    this.#sockets.add(socket);
    if (this.#cut) socket.destroy();
    return socket;
  }) as typeof connect;

  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function readDeadLetters(kafka: Kafka, prefix: string): Promise<string[]> {
  const topic = prefix + deadLetterTopicOf(topicOf(LoginRequestedSchema).name);
  const admin = kafka.admin();
  await admin.connect();
  const [end] = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const wanted = Number(end?.high ?? 0);
  if (wanted === 0) return [];
  const consumer = kafka.consumer({ groupId: `${topic}.reader.${performance.now()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const found: string[] = [];
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ message }) => {
          found.push(idOf(fromBinary(LoginRequestedSchema, message.value ?? Buffer.alloc(0))));
          if (Number(message.offset) + 1 >= wanted) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return found;
}
