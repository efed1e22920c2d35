import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { Retention } from "@portcullis/proto";
import { Unavailable } from "../unavailable.js";
import type { DeadLetters } from "./dead-letters.js";
import { type DeliveryContext, type DeliveryParts, deliver, deliveryContext } from "./deliver.js";
import type { EventBus } from "./event-bus.js";
import { EventServer, type Subscription } from "./event-server.js";
import { KeyedQueue } from "./keyed-queue.js";
import { topicOf } from "./topic.js";

/** Events of one subscription under way at once: more than may wait for any one target (its outstanding requests, or hashes). */
const CONCURRENCY = 2_048;
/** Events of one subscription that wait; one more is refused. */
const MAX_HELD = 50_000;
/** How long leaving waits for what is under way. */
const DRAIN_LIMIT_MS = 15_000;

/** Takes an event; resolves when it is done with, rejects with `Unavailable` when it must be published again. */
type Consumer = (key: string, event: unknown) => Promise<void>;

interface Topic {
  readonly consumers: { readonly queue: KeyedQueue; readonly consume: Consumer }[];
  readonly states: Consumer[];
}

/**
 * The bus of the embedded mode: events reach the handlers as the objects they are, in this process. An event of a login's
 * steps is durable when it is queued (the process is all there is, and the pending state dies with it); one that is kept
 * for days, when every handler has done with it, since what they write is what must not be lost.
 */
export class InProcessBus implements EventBus {
  readonly #topics = new Map<string, Topic>();

  async publish<Schema extends DescMessage>(schema: Schema, key: string, event: MessageShape<Schema>): Promise<void> {
    const { name, retention } = topicOf(schema);
    const consumers = this.#topics.get(name)?.consumers ?? [];
    for (const { queue } of consumers) {
      if (queue.size >= MAX_HELD) throw new Unavailable(`More than ${MAX_HELD} events of ${name} wait.`);
    }
    const done = consumers.map(({ queue, consume }) => enqueue(queue, key, () => consume(key, event)));
    if (retention === Retention.MINUTES) for (const one of done) one.catch(ignored);
    else await Promise.all(done);
  }

  async publishState<Schema extends DescMessage>(
    schema: Schema,
    key: string,
    state: MessageShape<Schema> | undefined,
  ): Promise<void> {
    const topic = this.#topics.get(topicOf(schema).name);
    for (const take of topic?.states ?? []) await take(key, state);
    // A service's copy of a state (users) is an event to it: the removal of a key is none, the state before says it.
    if (state !== undefined) await this.publish(schema, key, state);
  }

  subscribe(topic: string, consume: Consumer): void {
    this.#topic(topic).consumers.push({ queue: new KeyedQueue(CONCURRENCY), consume });
  }

  subscribeState(topic: string, take: Consumer): void {
    this.#topic(topic).states.push(take);
  }

  /** Resolves with true when nothing is under way, with false when that is not so within `limitMs`. */
  async drained(limitMs: number): Promise<boolean> {
    const queues = [...this.#topics.values()].flatMap((topic) => topic.consumers.map(({ queue }) => queue));
    const endMs = performance.now() + limitMs;
    // What is finished may have published something new to a queue that was empty before.
    while (queues.some((queue) => queue.size > 0)) {
      for (const queue of queues) await queue.room(1, Math.max(0, endMs - performance.now()));
      if (performance.now() >= endMs) return queues.every((queue) => queue.size === 0);
    }
    return true;
  }

  #topic(name: string): Topic {
    const there = this.#topics.get(name);
    if (there !== undefined) return there;
    const topic: Topic = { consumers: [], states: [] };
    this.#topics.set(name, topic);
    return topic;
  }
}

/** An event of minutes is told about where it fails: in `deliver`. */
const ignored = (): void => undefined;

function enqueue(queue: KeyedQueue, key: string, task: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    queue.add(key, () => task().then(resolve, reject));
  });
}

export interface InProcessServerParts extends DeliveryParts {
  /** Where events go that their handlers can't take; without it they are counted and logged only. */
  readonly deadLetters?: DeadLetters;
}

/** Nest's transport over the in-process bus. */
export class InProcessServer extends EventServer {
  readonly #bus: InProcessBus;
  readonly #parts: InProcessServerParts;
  readonly #context: DeliveryContext;
  readonly #leaving = new AbortController();

  constructor(bus: InProcessBus, parts: InProcessServerParts) {
    super();
    this.#bus = bus;
    this.#parts = parts;
    this.#context = deliveryContext(parts, this.#leaving.signal);
  }

  listen(callback: () => void): void {
    for (const [topic, subscriptions] of this.subscriptions) {
      for (const subscription of subscriptions) {
        if (subscription.kind === "state") {
          this.#bus.subscribeState(topic, (key, state) => this.#take(topic, subscription, key, { key, state }));
        } else {
          this.#bus.subscribe(topic, (key, event) => this.#take(topic, subscription, key, event));
        }
      }
    }
    callback();
  }

  /** Stops waiting for stores, finishes what is under way. */
  async close(): Promise<void> {
    this.#leaving.abort();
    if (!(await this.#bus.drained(DRAIN_LIMIT_MS))) this.#context.log.error("event.not_drained");
  }

  async #take(topic: string, subscription: Subscription, key: string, payload: unknown): Promise<void> {
    const delivery = await deliver(topic, subscription, payload, this.#context);
    if (delivery === "handled") return;
    if (delivery !== "poison") throw new Unavailable(`An event of ${topic} was not handled: ${delivery}.`);
    // A state has no dead letters: its newest record stands where it came from.
    if (subscription.kind !== "event" || (await this.#bury(topic, subscription.schema, key, payload))) return;
    // Fail closed: one that must not be lost, and that nobody has, is not acknowledged to whoever published it.
    const mustStay = topicOf(subscription.schema).retention === Retention.DAYS;
    if (mustStay) throw new Unavailable(`An event of ${topic} was neither handled nor kept.`);
  }

  /** @returns whether it is kept. */
  async #bury(topic: string, schema: DescMessage, key: string, event: unknown): Promise<boolean> {
    try {
      const value = toBinary(schema, event as MessageShape<DescMessage>);
      await this.#parts.deadLetters?.bury({ topic, key, value, atMs: this.#context.clock.nowMs() });
      return true;
    } catch (error) {
      this.#context.log.error("event.not_buried", { topic, error });
      return false;
    }
  }
}
