import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { fromBinary } from "@bufbuild/protobuf";
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import { waitFor } from "../wait-for.js";
import { type DeliveryContext, deliver } from "./deliver.js";
import type { Subscription } from "./event-server.js";
import { createConsumer, keepRunning } from "./kafka-consumer.js";
import { KeyedQueue } from "./keyed-queue.js";
import { Superseded } from "./superseded.js";

const CONCURRENCY = 64;
const MAX_HELD = 1_024;
const SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_EVERY_MS = 1_000;
const ROOM_POLL_MS = 300;
const CAUGHT_UP_POLL_MS = 20;

export interface KafkaStatesOptions {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly groupId: string;
}

/**
 * Reads compacted topics from their beginning, with a consumer group of this process alone: every replica gets every
 * key's newest state. A state that waits for a store or for a key of the key ring holds up the later ones of its key only.
 */
export class KafkaStates {
  readonly #options: KafkaStatesOptions;
  readonly #context: DeliveryContext;
  readonly #queue = new KeyedQueue(CONCURRENCY);
  /** Partition -> the offset up to which it must be read before we know the configuration. */
  readonly #missing = new Map<string, number>();
  readonly #superseded = new Superseded<KafkaMessage>();
  #topics: ReadonlyMap<string, readonly Subscription[]> = new Map();
  #consumer: Consumer | undefined;

  constructor(options: KafkaStatesOptions, context: DeliveryContext) {
    this.#options = options;
    this.#context = context;
  }

  /** Resolves when everything that stood there at the start has been handled. */
  async start(topics: ReadonlyMap<string, readonly Subscription[]>): Promise<void> {
    if (topics.size === 0) return;
    const { kafka, prefix, groupId } = this.#options;
    this.#topics = topics;
    const names = [...topics.keys()].map((topic) => prefix + topic);
    // Topics that have just been made may have no leader yet.
    await waitFor("the topics of states", () => this.#readWatermarks(names), this.#context.log);
    const joined = Promise.withResolvers<void>();
    const consumer = createConsumer(kafka, {
      groupId: `${prefix}${groupId}.states.${randomUUID()}`,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      heartbeatIntervalMs: HEARTBEAT_EVERY_MS,
      log: this.#context.log,
      signal: this.#context.signal,
      onJoin: () => joined.resolve(),
    });
    this.#consumer = consumer;
    await consumer.connect();
    await consumer.subscribe({ topics: names, fromBeginning: true });
    const config = { autoCommit: false, eachBatch: (payload: EachBatchPayload) => this.#take(payload) };
    await keepRunning(consumer, config, this.#context.signal);
    await joined.promise;
    while ((this.#missing.size > 0 || this.#queue.size > 0) && !this.#context.signal.aborted) {
      await sleep(CAUGHT_UP_POLL_MS);
    }
  }

  async close(): Promise<void> {
    await this.#consumer?.disconnect();
  }

  async #take({ batch, heartbeat }: EachBatchPayload): Promise<void> {
    const topic = batch.topic.slice(this.#options.prefix.length);
    for (const message of batch.messages) {
      while (!(await this.#queue.room(MAX_HELD, ROOM_POLL_MS))) await heartbeat();
      const key = message.key?.toString() ?? "";
      this.#superseded.came(`${topic}/${key}`, message);
      this.#queue.add(`${topic}/${key}`, () => this.#handle(topic, key, message));
    }
    const place = `${batch.topic}/${batch.partition}`;
    if (Number(batch.lastOffset()) + 1 >= (this.#missing.get(place) ?? 0)) this.#missing.delete(place);
    await heartbeat();
  }

  /** A state that can't be read or taken is passed over, reported and counted; the one before it stays in force. */
  async #handle(topic: string, key: string, message: KafkaMessage): Promise<void> {
    const place = `${topic}/${key}`;
    for (const subscription of this.#topics.get(topic) ?? []) {
      const handle = (): Promise<void> =>
        this.#superseded.unlessPast(place, message, () => handOver(subscription, key, message.value));
      await deliver(topic, { ...subscription, handle }, undefined, this.#context);
    }
    this.#superseded.handled(place, message);
  }

  /** Of partitions that hold any record. */
  async #readWatermarks(topics: readonly string[]): Promise<void> {
    const admin = this.#options.kafka.admin();
    await admin.connect();
    try {
      for (const topic of topics) {
        for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
          if (Number(high) > Number(low)) this.#missing.set(`${topic}/${partition}`, Number(high));
        }
      }
    } finally {
      await admin.disconnect();
    }
  }
}

async function handOver(subscription: Subscription, key: string, value: Buffer | null): Promise<void> {
  const state = value === null ? undefined : fromBinary(subscription.schema, value);
  await subscription.handle({ key, state });
}
