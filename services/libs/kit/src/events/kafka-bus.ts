import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import kafkajs, { type Kafka, type Message, type Producer } from "kafkajs";
import { Batcher } from "../batcher.js";
import { Unavailable } from "../unavailable.js";
import type { EventBus } from "./event-bus.js";
import { topicOf } from "./topic.js";

/** One request to the broker is under way, what arrives meanwhile is the next: ten times the rate of single sends. */
const BATCH = { maxItems: 2_048, maxInFlight: 1, maxWaiting: 20_000 };
/** Events are a few hundred bytes; a larger one is a mistake, and must not fail the batch that it travels in. */
const MAX_EVENT_BYTES = 262_144;
/** A stock broker takes 1 MB for each partition of a request, and a whole batch may go to one partition. */
const MAX_REQUEST_BYTES = 786_432;
const RECORD_OVERHEAD_BYTES = 128;

interface Outgoing {
  readonly topic: string;
  readonly message: Message;
  readonly sizeBytes: number;
}

/** Publishes on Kafka with acks=all. */
export class KafkaBus implements EventBus {
  readonly #producer: Producer;
  readonly #prefix: string;
  readonly #batcher: Batcher<Outgoing, undefined>;

  constructor(kafka: Kafka, prefix: string) {
    this.#producer = kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
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
    return this.send(topicOf(schema).name, key, encode(schema, event));
  }

  publishState<Schema extends DescMessage>(
    schema: Schema,
    key: string,
    state: MessageShape<Schema> | undefined,
  ): Promise<void> {
    return this.send(topicOf(schema).name, key, state === undefined ? null : encode(schema, state));
  }

  /** Publishes a record as it is (dead letters). */
  send(
    topic: string,
    key: string | Buffer | null,
    value: Buffer | null,
    headers: Message["headers"] = {},
  ): Promise<void> {
    const message = { key, value, headers };
    const sizeBytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
    return this.#batcher.add({ topic: this.#prefix + topic, message, sizeBytes });
  }

  async #send(items: readonly Outgoing[]): Promise<readonly undefined[]> {
    try {
      for (const request of requestsOf(items)) {
        const byTopic = Map.groupBy(request, (item) => item.topic);
        const topicMessages = [...byTopic].map(([topic, group]) => ({
          topic,
          messages: group.map((item) => item.message),
        }));
        await this.#producer.sendBatch({ acks: -1, topicMessages });
      }
    } catch (error) {
      // Some of them may stand on the broker: they are published again, and every handler takes an event twice.
      throw new Unavailable("Kafka did not take the events.", { cause: error });
    }
    return items.map(() => undefined);
  }
}

/** Nearly always one. */
function requestsOf(items: readonly Outgoing[]): Outgoing[][] {
  const requests: Outgoing[][] = [];
  let current: Outgoing[] = [];
  let sizeBytes = 0;
  for (const item of items) {
    if (sizeBytes + item.sizeBytes > MAX_REQUEST_BYTES && current.length > 0) {
      requests.push(current);
      current = [];
      sizeBytes = 0;
    }
    current.push(item);
    sizeBytes += item.sizeBytes;
  }
  requests.push(current);
  return requests;
}

function encode<Schema extends DescMessage>(schema: Schema, event: MessageShape<Schema>): Buffer {
  const bytes = toBinary(schema, event);
  if (bytes.length > MAX_EVENT_BYTES) throw new Error(`A ${schema.typeName} of ${bytes.length} bytes is too long.`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
