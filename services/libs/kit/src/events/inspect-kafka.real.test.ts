import { LoginRequestedSchema } from "@portcullis/proto";
import { type KafkaServer, startKafka } from "@portcullis/testkit";
import kafkajs from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../telemetry/log.js";
import { inspectKafka } from "./inspect-kafka.js";
import { connectKafka } from "./kafka-connection.js";
import { createTopics } from "./kafka-topics.js";
import { topicOf } from "./topic.js";

const PREFIX = "i.";
const TOPIC = topicOf(LoginRequestedSchema);

let broker: KafkaServer;
beforeAll(async () => {
  broker = await startKafka();
});
afterAll(() => broker.stop());

describe("inspectKafka", () => {
  const inspect = (brokers: readonly string[] = broker.brokers) =>
    inspectKafka({ brokers, prefix: PREFIX, topics: [TOPIC, TOPIC] });

  it("tells topics that are not there, then what they have", async () => {
    const name = PREFIX + TOPIC.name;
    expect(await inspect()).toEqual({
      unreachable: [],
      brokerCount: 1,
      missing: [name, `${name}.dead`],
      topics: [],
    });
    const kafka = connectKafka(
      { brokers: broker.brokers, service: "test", prefix: PREFIX },
      createLog("test", "silent"),
    );
    await createTopics(kafka, [TOPIC], { prefix: PREFIX, partitions: 2, replicationFactor: 1 });
    const admin = kafka.admin();
    await admin.connect();
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        { type: kafkajs.ConfigResourceTypes.TOPIC, name, configEntries: [{ name: "min.insync.replicas", value: "2" }] },
      ],
    });
    await admin.disconnect();
    const { missing, topics } = await inspect();
    expect(missing).toEqual([]);
    expect(topics.toSorted((one, other) => one.name.length - other.name.length)).toEqual([
      { name, replicas: 1, minInSyncReplicas: 2 },
      { name: `${name}.dead`, replicas: 1, minInSyncReplicas: 1 },
    ]);
  });

  it("tells brokers that do not answer", async () => {
    expect(await inspect(["127.0.0.1:1", broker.url])).toMatchObject({ unreachable: ["127.0.0.1:1"], brokerCount: 1 });
    expect(await inspect(["127.0.0.1:1"])).toMatchObject({ unreachable: ["127.0.0.1:1"], brokerCount: 0 });
  });
});
