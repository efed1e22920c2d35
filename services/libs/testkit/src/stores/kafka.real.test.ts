import { existsSync } from "node:fs";
import { Kafka, logLevel } from "kafkajs";
import { describe, expect, it } from "vitest";
import { eventually } from "../eventually.js";
import { isAlive } from "../process/process-tree.js";
import { type KafkaServer, startKafka } from "./kafka.js";

const RECORDS = 500;

describe("startKafka", () => {
  it("keeps records acknowledged by all over a SIGKILL, on the same port, and leaves nothing when stopped", async () => {
    await using server = await startKafka();
    await write(server, "kept");
    const first = server.process.pid;
    await server.kill();
    expect(isAlive(first)).toBe(false);

    await server.restart();
    expect(server.process.pid).not.toBe(first);
    const values = await readAll(server, "kept");
    expect(values).toEqual(Array.from({ length: RECORDS }, (_, index) => `value${index}`));

    const { pid } = server.process;
    await server.stop();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(server.dir)).toBe(false);
  });

  it("shows the broker's words when it cannot start", async () => {
    const failing = startKafka({ properties: { "log.retention.ms": "soon" } });
    await expect(failing).rejects.toThrow(/log\.retention\.ms/);
  });
});

function client(server: KafkaServer): Kafka {
  return new Kafka({ brokers: [...server.brokers], logLevel: logLevel.NOTHING });
}

async function write(server: KafkaServer, topic: string): Promise<void> {
  const admin = client(server).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const producer = client(server).producer();
  await producer.connect();
  const messages = Array.from({ length: RECORDS }, (_, index) => ({ value: `value${index}` }));
  await producer.send({ topic, acks: -1, messages });
  await producer.disconnect();
}

async function readAll(server: KafkaServer, topic: string): Promise<string[]> {
  const consumer = client(server).consumer({ groupId: "reader", sessionTimeout: 6_000, rebalanceTimeout: 6_000 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values: string[] = [];
  await consumer.run({ eachMessage: async ({ message }) => void values.push(String(message.value)) });
  await eventually(() => values.length >= RECORDS, { what: `${RECORDS} records are read`, timeoutMs: 20_000 });
  await consumer.disconnect();
  return values;
}
