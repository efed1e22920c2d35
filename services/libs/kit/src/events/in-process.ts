import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { Retention } from "@portcullis/proto";
import { Unavailable } from "../unavailable.js";
import { type DeliveryContext, deliver } from "./deliver.js";
import type { EventBus } from "./event-bus.js";
import { EventServer } from "./event-server.js";
import { KeyedQueue } from "./keyed-queue.js";
import { topicOf } from "./topic.js";

/** Events of one subscription under way at once. */
const CONCURRENCY = 1_024;
/** Events of one subscription that wait; one more is refused. */
const MAX_HELD = 50_000;

type Consumer = (key: string, event: unknown) => Promise<void>;

/**
 * The bus of the embedded mode: events reach the handlers as the objects they are, in this process. An event of a login's
 * steps is durable when it is queued (the process is all there is, and the pending state dies with it); one that is kept
 * for days, when every handler has done with it, since what they write is what must not be lost.
 */
export class InProcessBus implements EventBus {
  readonly #consumers = new Map<string, Consumer[]>();
  readonly #states = new Map<string, ((key: string, state: unknown) => Promise<void>)[]>();
  readonly #queues: KeyedQueue[] = [];

  async publish<Schema extends DescMessage>(schema: Schema, key: string, event: MessageShape<Schema>): Promise<void> {
    const { name, retention } = topicOptions(schema);
    const deliveries = (this.#consumers.get(name) ?? []).map((consume) => consume(key, event));
    const all = Promise.all(deliveries);
    if (retention === Retention.MINUTES) all.catch(() => undefined);
    else await all;
  }

  async publishState<Schema extends DescMessage>(
    schema: Schema,
    key: string,
    state: MessageShape<Schema> | undefined,
  ): Promise<void> {
    const { name } = topicOptions(schema);
    for (const take of this.#states.get(name) ?? []) await take(key, state);
    // A service's copy of a state (users) is an event to it: the removal of a key is none, the state before says it.
    if (state !== undefined) await Promise.all((this.#consumers.get(name) ?? []).map((consume) => consume(key, state)));
  }

  subscribe(topic: string, consumer: (key: string, event: unknown) => Promise<void>): void {
    const queue = new KeyedQueue(CONCURRENCY);
    this.#queues.push(queue);
    const consume: Consumer = (key, event) => {
      if (queue.size >= MAX_HELD)
        return Promise.reject(new Unavailable(`More than ${MAX_HELD} events of ${topic} wait.`));
      return new Promise<void>((resolve, reject) => {
        queue.add(key, () => consumer(key, event).then(resolve, reject));
      });
    };
    this.#consumers.set(topic, [...(this.#consumers.get(topic) ?? []), consume]);
  }

  subscribeState(topic: string, take: (key: string, state: unknown) => Promise<void>): void {
    this.#states.set(topic, [...(this.#states.get(topic) ?? []), take]);
  }

  /** Resolves when nothing is under way. */
  async drained(): Promise<void> {
    for (const queue of this.#queues) await queue.room(1);
  }
}

const optionsCache = new Map<DescMessage, ReturnType<typeof topicOf>>();
function topicOptions(schema: DescMessage): ReturnType<typeof topicOf> {
  const cached = optionsCache.get(schema);
  if (cached) return cached;
  const options = topicOf(schema);
  optionsCache.set(schema, options);
  return options;
}

/** Nest's transport over the in-process bus. */
export class InProcessServer extends EventServer {
  readonly #bus: InProcessBus;
  readonly #context: Omit<DeliveryContext, "signal">;
  readonly #leaving = new AbortController();

  constructor(bus: InProcessBus, context: Omit<DeliveryContext, "signal">) {
    super();
    this.#bus = bus;
    this.#context = context;
  }

  listen(callback: () => void): void {
    const context = { ...this.#context, signal: this.#leaving.signal };
    for (const [topic, subscriptions] of this.subscriptions) {
      for (const subscription of subscriptions) {
        if (subscription.kind === "state") {
          this.#bus.subscribeState(topic, (key, state) => subscription.handle({ key, state }));
        } else {
          this.#bus.subscribe(topic, async (_key, event) => {
            const delivery = await deliver(topic, subscription, event, context);
            if (delivery !== "handled") throw new Unavailable(`An event of ${topic} was not handled: ${delivery}.`);
          });
        }
      }
    }
    callback();
  }

  async close(): Promise<void> {
    this.#leaving.abort();
    await this.#bus.drained();
  }
}
