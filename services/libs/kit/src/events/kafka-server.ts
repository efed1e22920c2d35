import { setTimeout as sleep } from "node:timers/promises";
import { fromBinary } from "@bufbuild/protobuf";
import { Retention } from "@portcullis/proto";
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import { type DeliveryContext, type DeliveryParts, deliver, deliveryContext } from "./deliver.js";
import { EventServer, type Subscription } from "./event-server.js";
import type { KafkaBus } from "./kafka-bus.js";
import { createConsumer, keepRunning } from "./kafka-consumer.js";
import { KafkaStates } from "./kafka-states.js";
import { KeyedQueue } from "./keyed-queue.js";
import { OffsetTracker } from "./offset-tracker.js";
import { Superseded } from "./superseded.js";
import { deadLetterTopicOf, topicOf } from "./topic.js";

/** Records of this process under way at once: more than may wait for any one target (its outstanding requests, or hashes). */
const CONCURRENCY = 2_048;
/** Records fetched and not finished; beyond, fetching pauses. */
const MAX_HELD = 8_192;
const COMMIT_EVERY_MS = 1_000;
/** The least that stock brokers allow: so long the partitions of a killed process stand still. */
const SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_EVERY_MS = 300;
const BURY_AGAIN_AFTER_MS = 1_000;
/** How long leaving waits for what is under way; what is not finished then comes again elsewhere. */
const DRAIN_LIMIT_MS = 10_000;
/** A broker that is away at that moment must not hold up the end: the session times out instead. */
const FAREWELL_LIMIT_MS = 4_000;

type EventSubscription = Subscription & { readonly kind: "event" };

export interface KafkaServerOptions {
  /** A patient connection. */
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
  readonly #superseded = new Superseded<KafkaMessage>();
  readonly #trackers = new Map<string, OffsetTracker>();
  readonly #assigned = new Set<string>();
  #membership = 0;
  #topics: { readonly topic: string }[] = [];
  #consumer: Consumer | undefined;
  #states: KafkaStates | undefined;
  #commitTimer: NodeJS.Timeout | undefined;
  #committing: Promise<void> | undefined;

  constructor(options: KafkaServerOptions, parts: DeliveryParts) {
    super();
    this.#options = options;
    this.#context = deliveryContext(parts, this.#leaving.signal);
  }

  listen(callback: (error?: unknown) => void): void {
    this.#start().then(() => callback(), callback);
  }

  /** Takes nothing new, finishes what is under way, commits it, leaves the group. */
  async close(): Promise<void> {
    this.#leaving.abort();
    clearInterval(this.#commitTimer);
    if (this.#membership > 0) this.#consumer?.pause(this.#topics);
    await this.#queue.room(1, DRAIN_LIMIT_MS);
    await Promise.race([this.#leaveGroup(), sleep(FAREWELL_LIMIT_MS, undefined, { ref: false })]);
  }

  async #leaveGroup(): Promise<void> {
    await this.#committing;
    // Before leaving: a commit counts only while we are a member.
    await this.#commit();
    await Promise.all([this.#consumer?.disconnect(), this.#states?.close()]);
  }

  /** Events wait for the states: nobody decides a login before the configuration is known. */
  async #start(): Promise<void> {
    const { kafka, prefix, groupId } = this.#options;
    this.#states = new KafkaStates({ kafka, prefix, groupId }, this.#context);
    await this.#states.start(this.#subscribed((one) => one.kind === "state"));
    const topics = [...this.#subscribed((one) => one.kind === "event").keys()];
    this.#topics = topics.map((topic) => ({ topic: prefix + topic }));
    if (topics.length > 0) await this.#join();
  }

  async #join(): Promise<void> {
    const { kafka, prefix, groupId } = this.#options;
    const joined = Promise.withResolvers<void>();
    const consumer = createConsumer(kafka, {
      groupId: prefix + groupId,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      heartbeatIntervalMs: HEARTBEAT_EVERY_MS,
      log: this.#context.log,
      signal: this.#leaving.signal,
      onJoin: (assignment) => {
        this.#reassign(assignment);
        joined.resolve();
      },
    });
    this.#consumer = consumer;
    await consumer.connect();
    await consumer.subscribe({ topics: this.#topics.map(({ topic }) => topic), fromBeginning: true });
    // One batch at a time: taking it only queues its records. `eachBatchAutoResolve` would pass over records that were
    // not taken, even those of a membership that is over.
    const config = {
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload: EachBatchPayload) => this.#take(payload),
    };
    await keepRunning(consumer, config, this.#leaving.signal);
    await joined.promise;
    this.#commitTimer = setInterval(() => this.#commitInTurn(), COMMIT_EVERY_MS);
  }

  /**
   * A new membership reads each of its partitions from the committed offset. A partition that stays ours keeps its
   * tracker, so that nothing is committed beyond what is still under way from before.
   */
  #reassign(assignment: Readonly<Record<string, readonly number[]>>): void {
    this.#membership++;
    this.#assigned.clear();
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) this.#assigned.add(placeOf(topic, partition));
    }
    for (const place of this.#trackers.keys()) {
      if (!this.#assigned.has(place)) this.#trackers.delete(place);
    }
  }

  #subscribed(wanted: (subscription: Subscription) => boolean): Map<string, readonly Subscription[]> {
    const entries = [...this.subscriptions].map(([topic, all]) => [topic, all.filter(wanted)] as const);
    return new Map(entries.filter(([, found]) => found.length > 0));
  }

  async #take({ batch, heartbeat, isRunning, isStale, resolveOffset }: EachBatchPayload): Promise<void> {
    const topic = batch.topic.slice(this.#options.prefix.length);
    const place = placeOf(batch.topic, batch.partition);
    const membership = this.#membership;
    const mayGoOn = (): boolean =>
      isRunning() &&
      !isStale() &&
      !this.#leaving.signal.aborted &&
      membership === this.#membership &&
      this.#assigned.has(place);
    for (const message of batch.messages) {
      while (mayGoOn() && !(await this.#queue.room(MAX_HELD, HEARTBEAT_EVERY_MS))) await heartbeat();
      if (!mayGoOn()) return;
      this.#enqueue(topic, place, message);
      resolveOffset(message.offset);
    }
    await heartbeat();
  }

  #enqueue(topic: string, place: string, message: KafkaMessage): void {
    const offset = Number(message.offset);
    let tracker = this.#trackers.get(place);
    // Read again from further back: the old tracker only knows what lies ahead. Handlers take an event twice.
    if (tracker === undefined || !tracker.follows(offset)) {
      tracker = new OffsetTracker();
      this.#trackers.set(place, tracker);
    }
    const mine = tracker;
    mine.begin(offset);
    const key = `${topic}/${message.key?.toString("latin1") ?? ""}`;
    this.#superseded.came(key, message);
    this.#queue.add(key, async () => {
      if (await this.#handle(topic, key, message)) mine.finish(offset);
      this.#superseded.handled(key, message);
    });
  }

  /** @returns false when the record must come again */
  async #handle(topic: string, key: string, message: KafkaMessage): Promise<boolean> {
    if (this.#leaving.signal.aborted) return false;
    if (message.value === null) return true; // The tombstone of a state; whoever keeps a copy had its last state before.
    for (const subscription of this.subscriptions.get(topic) ?? []) {
      if (subscription.kind !== "event") continue;
      const event = decode(subscription, message.value);
      if (event === undefined) this.#reportUnreadable(topic);
      const taken = this.#subscriptionFor(subscription, key, message);
      const outcome = event === undefined ? "poison" : await deliver(topic, taken, event, this.#context);
      if (outcome === "left") return false;
      if (outcome === "poison" && !(await this.#bury(topic, message))) return false;
    }
    return true;
  }

  /** Copies of states: an older one need not be read any more. Other events each stand for themselves. */
  #subscriptionFor(subscription: EventSubscription, key: string, message: KafkaMessage): EventSubscription {
    if (topicOf(subscription.schema).retention !== Retention.COMPACTED) return subscription;
    const handle = (payload: unknown): Promise<void> =>
      this.#superseded.unlessPast(key, message, () => subscription.handle(payload));
    return { ...subscription, handle };
  }

  #reportUnreadable(topic: string): void {
    this.#context.metrics.poison.inc({ topic });
    this.#context.log.error("event.poison", { topic, error: new Error("The record is not an event of this topic.") });
  }

  async #bury(topic: string, message: KafkaMessage): Promise<boolean> {
    const headers = { topic, offset: message.offset, at: message.timestamp };
    while (!this.#leaving.signal.aborted) {
      try {
        await this.#options.bus.send(deadLetterTopicOf(topic), message.key, message.value, headers);
        return true;
      } catch (error) {
        this.#context.log.error("event.not_buried", { topic, error });
      }
      await sleep(BURY_AGAIN_AFTER_MS, undefined, { signal: this.#leaving.signal }).catch(() => undefined);
    }
    return false;
  }

  #commitInTurn(): void {
    if (this.#committing !== undefined) return;
    this.#committing = this.#commit().finally(() => {
      this.#committing = undefined;
    });
  }

  /** Never rejects: what is not committed now is so with the next turn, or handled twice. */
  async #commit(): Promise<void> {
    const finished = [...this.#trackers].flatMap(([place, tracker]) => {
      const offset = tracker.committable();
      return offset === undefined ? [] : [{ place, tracker, offset }];
    });
    if (finished.length === 0) return;
    try {
      await this.#consumer?.commitOffsets(finished.map(({ place, offset }) => offsetOf(place, offset)));
      for (const { tracker, offset } of finished) tracker.committed(offset);
    } catch (error) {
      this.#context.log.warn("kafka.commit_failed", { error });
    }
  }
}

const placeOf = (topic: string, partition: number): string => `${topic}/${partition}`;

function offsetOf(place: string, offset: number): { topic: string; partition: number; offset: string } {
  const at = place.lastIndexOf("/");
  return { topic: place.slice(0, at), partition: Number(place.slice(at + 1)), offset: String(offset) };
}

function decode(subscription: EventSubscription, value: Buffer): unknown {
  try {
    return fromBinary(subscription.schema, value);
  } catch {
    return undefined; // Not a record of this topic: it goes to the dead letters.
  }
}
