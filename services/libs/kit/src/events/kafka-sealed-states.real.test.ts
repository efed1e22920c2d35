import { createSecretKey, randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { ClientChangedSchema, TargetChangedSchema } from "@portcullis/proto";
import { type KafkaServer as Broker, startKafka } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PooledRandom } from "../random.js";
import type { KeyRing } from "../sealing/key-ring.js";
import { Sealer } from "../sealing/sealer.js";
import { createLog } from "../telemetry/log.js";
import { freshKeyRing } from "../test-platform.contract.js";
import { moduleOf } from "./event-transport.contract.js";
import { KafkaBus } from "./kafka-bus.js";
import { connectKafka } from "./kafka-connection.js";
import { kafkaSealedStates } from "./kafka-sealed-states.js";
import { startOnKafka } from "./kafka-service.contract.js";
import { createTopics } from "./kafka-topics.js";
import { topicOf } from "./topic.js";

const PREFIX = "sealed.";
const PLACE = "place";

describe("states on Kafka whose key changes", () => {
  const ring = freshKeyRing();
  const both: KeyRing = {
    ...ring,
    active: 2,
    sealing: new Map([...ring.sealing, [2, createSecretKey(randomBytes(32))]]),
  };
  const [old, next] = [new Sealer(ring, new PooledRandom()), new Sealer(both, new PooledRandom())];
  const connection = () =>
    connectKafka({ brokers: broker.brokers, service: "tested", prefix: PREFIX }, createLog("test", "silent"));
  let broker: Broker;
  let bus: KafkaBus;

  beforeAll(async () => {
    broker = await startKafka();
    bus = new KafkaBus(connection(), PREFIX);
    const topics = [ClientChangedSchema, TargetChangedSchema].map(topicOf);
    await createTopics(connection(), topics, { prefix: PREFIX, partitions: 1, replicationFactor: 1 });
    await bus.connect();
  });
  afterAll(async () => {
    await bus?.close();
    await broker?.stop();
  });
  const publish = (name: string, sealer: Sealer, secrets = 1) => {
    const sealedSecrets = Array.from({ length: secrets }, () => sealer.seal(Buffer.from("s"), PLACE));
    return bus.publishState(ClientChangedSchema, name, create(ClientChangedSchema, { name, sealedSecrets }));
  };

  it("counts the sealed fields of each key's newest state, by the ring's key", async () => {
    const states = kafkaSealedStates(connection(), PREFIX);
    expect(await states(TargetChangedSchema)).toEqual(new Map());
    await publish("vpn", old, 2);
    await publish("wifi", old);
    await publish("gone", old);
    await bus.publishState(ClientChangedSchema, "gone", undefined);
    expect(await states(ClientChangedSchema)).toEqual(new Map([[1, 3]]));
    await publish("vpn", next, 2);
    const expected = new Map([
      [1, 1],
      [2, 2],
    ]);
    expect(await states(ClientChangedSchema)).toEqual(expected);
  });

  it("lets a process start that has no more the key of states that are past, and waits for the key of one that is not", async () => {
    await publish("wifi", next);
    const without = new Sealer({ ...both, sealing: new Map([...both.sealing].slice(1)) }, new PooledRandom());
    const taken = new Map<string, string>();
    const handlers = moduleOf({
      client: ({ key, state }) => {
        const [sealed] = state?.sealedSecrets ?? [];
        taken.set(key, sealed === undefined ? "removed" : String(without.open(sealed, PLACE)));
        return Promise.resolve();
      },
    });
    const replica = await startOnKafka(broker.brokers, PREFIX, [handlers]);
    expect(Object.fromEntries(taken)).toEqual({ vpn: "s", wifi: "s", gone: "removed" });
    await publish("late", old);
    await publish("other", next);
    await expect.poll(() => taken.get("other"), { timeout: 10_000 }).toBe("s");
    expect(taken.has("late")).toBe(false);
    without.take(both);
    await expect.poll(() => taken.get("late"), { timeout: 10_000 }).toBe("s");
    await replica.close();
  });
});
