import { fromBinary } from "@bufbuild/protobuf";
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import { type DeliveryContext, deliver } from "./deliver.js";
import { EventServer, type Subscription } from "./event-server.js";
import type { KafkaBus } from "./kafka-bus.js";
import { readStates } from "./kafka-states.js";
import { KeyedQueue } from "./keyed-queue.js";
import { OffsetTracker } from "./offset-tracker.js";
import { deadLetterTopicOf } from "./topic.js";

/** Records of this process under way at once. */
const CONCURRENCY = 512;
/** Records fetched and not finished; beyond, fetching pauses. */
const MAX_HELD = 2_048;
const COMMIT_EVERY_MS = 1_000;
const HEARTBEAT_EVERY_MS = 300;

type EventSubscription = Subscription & { readonly kind: "event" };

export interface KafkaServerOptions {
  readonly kafka: Kafka;
  readonly bus: KafkaBus;
  readonly groupId: string;
  readonly prefix: string;
}

/**
 * Nest's transport over Kafka (kafkajs). Records of one key run in order, others of the same partition beside them;
 * offsets are committed by a timer, up to the highest record with nothing unfinished below it.
 */
export class KafkaServer extends EventServer {
  readonly #options: KafkaServerOptions;
  readonly #context: DeliveryContext;
  readonly #leaving = new AbortController();
  readonly #queue = new KeyedQueue(CONCURRENCY);
  readonly #trackers = new Map<string, OffsetTracker>();
  #membership = 0;
  #consumer: Consumer | undefined;
  #states: Consumer | undefined;
  #commitTimer: NodeJS.Timeout | undefined;

  constructor(options: KafkaServerOptions, context: Omit<DeliveryContext, "signal">) {
    super();
    this.#options = options;
    this.#context = { ...context, signal: this.#leaving.signal };
  }

  listen(callback: (error?: unknown) => void): void {
    this.#start().then(() => callback(), callback);
  }

  /** Takes nothing new, finishes what is under way, commits it, leaves the group. */
  async close(): Promise<void> {
    clearInterval(this.#commitTimer);
    this.#leaving.abort();
    await this.#consumer?.stop();
    await this.#queue.room(1);
    await this.#commit();
    await Promise.all([this.#consumer?.disconnect(), this.#states?.disconnect()]);
  }

  async #start(): Promise<void> {
    const { kafka, prefix, groupId } = this.#options;
    this.#states = await readStates(kafka, prefix, groupId, this.#statesByTopic());
    const topics = [...this.subscriptions].filter(([, all]) => all.some((one) => one.kind === "event"));
    if (topics.length === 0) return;
    const consumer = kafka.consumer({
      groupId: prefix + groupId,
      sessionTimeout: 6_000,
      heartbeatInterval: HEARTBEAT_EVERY_MS,
      rebalanceTimeout: 6_000,
      maxWaitTimeInMs: 500,
      minBytes: 1,
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5, restartOnFailure: () => Promise.resolve(true) },
    });
    this.#consumer = consumer;
    // Whoever joins anew starts at the committed offsets: what was fetched before comes again, to whoever has it now.
    consumer.on(consumer.events.GROUP_JOIN, () => {
      this.#membership++;
      this.#trackers.clear();
    });
    await consumer.connect();
    await consumer.subscribe({ topics: topics.map(([topic]) => prefix + topic), fromBeginning: true });
    const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 16,
      eachBatch: (payload) => this.#take(payload),
    });
    await joined;
    this.#commitTimer = setInterval(() => void this.#commit(), COMMIT_EVERY_MS);
  }

  #statesByTopic(): Map<string, readonly Subscription[]> {
    const entries = [...this.subscriptions].map(
      ([topic, all]) => [topic, all.filter((one) => one.kind === "state")] as const,
    );
    return new Map(entries.filter(([, states]) => states.length > 0));
  }

  async #take({ batch, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const topic = batch.topic.slice(this.#options.prefix.length);
    const place = `${batch.topic}/${batch.partition}`;
    const membership = this.#membership;
    for (const message of batch.messages) {
      while (this.#queue.size >= MAX_HELD) {
        await Promise.race([this.#queue.room(MAX_HELD), pause(HEARTBEAT_EVERY_MS)]);
        await heartbeat();
      }
      if (!isRunning() || isStale() || membership !== this.#membership) return;
      this.#enqueue(topic, place, message);
    }
    await heartbeat();
  }

  #enqueue(topic: string, place: string, message: KafkaMessage): void {
    const tracker = this.#trackers.get(place) ?? new OffsetTracker();
    this.#trackers.set(place, tracker);
    const offset = BigInt(message.offset);
    tracker.begin(offset);
    this.#queue.add(`${topic}/${message.key?.toString("latin1") ?? ""}`, async () => {
      if (await this.#handle(topic, message)) tracker.finish(offset);
    });
  }

  /** @returns false when the record must come again */
  async #handle(topic: string, message: KafkaMessage): Promise<boolean> {
    const subscriptions = (this.subscriptions.get(topic) ?? []).filter((one) => one.kind === "event");
    for (const subscription of subscriptions) {
      if (message.value === null) continue; // The tombstone of a state; whoever keeps a copy had its last state before.
      const event = decode(subscription, message.value);
      const outcome = event === undefined ? "poison" : await deliver(topic, subscription, event, this.#context);
      if (outcome === "left") return false;
      if (outcome === "poison" && !(await this.#bury(topic, message))) return false;
    }
    return true;
  }

  async #bury(topic: string, message: KafkaMessage): Promise<boolean> {
    const headers = { topic, offset: message.offset, at: message.timestamp };
    try {
      await this.#options.bus.send(deadLetterTopicOf(topic), { key: message.key, value: message.value, headers });
      return true;
    } catch (error) {
      this.#context.log.error("event.not_buried", { topic, error });
      return false;
    }
  }

  async #commit(): Promise<void> {
    const offsets = [...this.#trackers].flatMap(([place, tracker]) => {
      const offset = tracker.committable();
      const at = place.lastIndexOf("/");
      return offset === undefined
        ? []
        : [
            {
              tracker,
              offset,
              entry: { topic: place.slice(0, at), partition: Number(place.slice(at + 1)), offset: String(offset) },
            },
          ];
    });
    if (offsets.length === 0) return;
    try {
      await this.#consumer?.commitOffsets(offsets.map((one) => one.entry));
      for (const { tracker, offset } of offsets) tracker.committed(offset);
    } catch (error) {
      this.#context.log.warn("kafka.commit_failed", { error });
    }
  }
}

function decode(subscription: EventSubscription, value: Buffer): unknown {
  try {
    return fromBinary(subscription.schema, value);
  } catch {
    return undefined; // Not a record of this topic: it goes to the dead letters.
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
