import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import type { Kafka, Message, Producer } from "kafkajs";
import { Batcher } from "../batcher.js";
import { Unavailable } from "../unavailable.js";
import type { EventBus } from "./event-bus.js";
import { topicOf } from "./topic.js";

/** One request to the broker is under way, what arrives meanwhile is the next: ten times the rate of single sends. */
const BATCH = { maxItems: 2_048, maxInFlight: 1, maxWaiting: 20_000 };

interface Outgoing {
  readonly topic: string;
  readonly message: Message;
}

/** Publishes on Kafka with acks=all. */
export class KafkaBus implements EventBus {
  readonly #producer: Producer;
  readonly #prefix: string;
  readonly #batcher: Batcher<Outgoing, void>;

  constructor(kafka: Kafka, prefix: string) {
    this.#producer = kafka.producer({ allowAutoTopicCreation: false });
    this.#prefix = prefix;
    this.#batcher = new Batcher((items) => this.#send(items), BATCH);
  }

  connect(): Promise<void> {
    return this.#producer.connect();
  }

  close(): Promise<void> {
    return this.#producer.disconnect();
  }

  publish<Schema extends DescMessage>(schema: Schema, key: string, event: MessageShape<Schema>): Promise<void> {
    return this.send(topicOf(schema).name, { key, value: encode(schema, event) });
  }

  publishState<Schema extends DescMessage>(
    schema: Schema,
    key: string,
    state: MessageShape<Schema> | undefined,
  ): Promise<void> {
    return this.send(topicOf(schema).name, { key, value: state === undefined ? null : encode(schema, state) });
  }

  /** Publishes a record as it is (dead letters). */
  send(topic: string, message: Message): Promise<void> {
    return this.#batcher.add({ topic: this.#prefix + topic, message });
  }

  async #send(items: readonly Outgoing[]): Promise<readonly void[]> {
    const byTopic = Map.groupBy(items, (item) => item.topic);
    const topicMessages = [...byTopic].map(([topic, group]) => ({
      topic,
      messages: group.map((item) => item.message),
    }));
    try {
      await this.#producer.sendBatch({ acks: -1, topicMessages });
    } catch (error) {
      throw new Unavailable("Kafka did not take the events.", { cause: error });
    }
    return items.map(() => undefined);
  }
}

function encode<Schema extends DescMessage>(schema: Schema, event: MessageShape<Schema>): Buffer {
  const bytes = toBinary(schema, event);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
