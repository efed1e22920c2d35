import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { toBinary } from "@bufbuild/protobuf";
import type { EventBus, InProcessBus, KeyRing, Log, Readiness, Tracing, TracingOptions } from "@portcullis/kit";
import { topicOf } from "@portcullis/kit";
import type { ExchangeStore } from "@portcullis/login";
import { type ClientChanged, ClientChangedSchema } from "@portcullis/proto";
import { EventLoopWatch, type ListenAddress, type UsageSnapshot } from "@portcullis/radius-gateway";
import type { MetricObjectWithValues, MetricValue } from "prom-client";
import { Peer } from "./peer.js";
import { busHandlers } from "./remote-bus.js";
import { exchangeStoreHandlers } from "./remote-exchange-store.js";
import { logHandlers } from "./remote-log.js";
import type { ThreadSetup, ThreadStart } from "./thread-setup.js";

const THREAD = new URL("./gateway-thread.js", import.meta.url);
const READY_POLL_MS = 50;
const LATENESS_EVERY_MS = 100;
const NO_TRACING: TracingOptions = { url: "", ratio: 0, service: "" };
const PART = "radius threads";
/** Of the gateway in this thread: it waits for the threads, which must not wait for it. */
const OWN_GATEWAY = "radius";

export interface GatewayThreadsOptions {
  readonly count: number;
  /** UDP only: all threads open the same ports. */
  readonly listen: readonly ListenAddress[];
  readonly maxRequestsPerSecond: number | undefined;
  readonly drainGraceMs: number;
}

export interface GatewayThreadsParts {
  readonly bus: InProcessBus;
  readonly store: ExchangeStore;
  readonly keyRing: KeyRing;
  readonly readiness: Readiness;
  readonly log: Log;
  readonly tracing?: Tracing | undefined;
}

type Metrics = MetricObjectWithValues<MetricValue<string>>[];

interface Thread {
  readonly worker: Worker;
  readonly peer: Peer;
}

/**
 * Gateways in threads of their own, which share the UDP ports by `SO_REUSEPORT`: the system gives each client's source port
 * to one of them. Pending state, events and the database stay with this thread, the one owner of the store; to it they are
 * what replicas of the gateway are in the distributed mode.
 */
export class GatewayThreads {
  readonly #options: GatewayThreadsOptions;
  readonly #parts: GatewayThreadsParts;
  readonly #lateness = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
  readonly #watch = new EventLoopWatch();
  #threads: readonly Thread[] = [];
  #timer: NodeJS.Timeout | undefined;
  #serving = false;
  #leaving = false;

  constructor(options: GatewayThreadsOptions, parts: GatewayThreadsParts) {
    this.#options = options;
    this.#parts = parts;
    parts.readiness.add(PART, () => this.#serving);
    parts.bus.subscribeState(topicOf(ClientChangedSchema).name, (key, state) => this.#tellState(key, state));
  }

  /**
   * Starts the threads and opens their ports.
   * @returns addresses as the system gave them. Rejects like the gateway of one thread when a port can't be had.
   */
  async start(): Promise<readonly string[]> {
    let { listen } = this.#options;
    let addresses: readonly string[] = [];
    for (let at = 0; at < this.#options.count; at++) {
      const thread = this.#spawn(listen);
      this.#threads = [...this.#threads, thread];
      const started = (await thread.peer.call("start")) as ThreadStart;
      if ("failure" in started) {
        await this.stop();
        throw new Error(started.failure, { cause: Object.assign(new Error(started.code), { code: started.code }) });
      }
      if (at > 0) continue;
      // A port that the system chose is the port of all.
      addresses = started.addresses;
      listen = listen.map((one, index) => ({ ...one, port: portOf(addresses[index]) ?? one.port }));
    }
    this.#watch.onApplicationBootstrap();
    this.#timer = setInterval(() => {
      this.#lateness[0] = this.#watch.latenessMs;
    }, LATENESS_EVERY_MS);
    void this.#serveWhenReady();
    return addresses;
  }

  /** What each client has sent to each thread. */
  usages(): Promise<readonly UsageSnapshot[]> {
    return this.#ofEach("usage") as Promise<readonly UsageSnapshot[]>;
  }

  /** Resolves when each of them opens and seals with this ring. */
  async takeKeys(ring: KeyRing): Promise<void> {
    await this.#ofEach("keys", ring);
  }

  metrics(): Promise<readonly Metrics[]> {
    return this.#ofEach("metrics") as Promise<readonly Metrics[]>;
  }

  /** Finishes the exchanges that wait, then ends the threads. The owner's parts must still be at work. */
  async stop(): Promise<void> {
    this.#leaving = true;
    clearInterval(this.#timer);
    this.#watch.beforeApplicationShutdown();
    await this.#ofEach("stop");
    const threads = this.#threads;
    this.#threads = [];
    for (const { worker, peer } of threads) {
      const ended = once(worker, "exit");
      peer.tell("leave");
      peer.close();
      await ended;
    }
  }

  #spawn(listen: readonly ListenAddress[]): Thread {
    const { bus, store, keyRing, log, tracing } = this.#parts;
    const { maxRequestsPerSecond, drainGraceMs } = this.#options;
    const ownerLateness = this.#lateness;
    const setup: ThreadSetup = {
      listen,
      maxRequestsPerSecond,
      drainGraceMs,
      keyRing,
      tracing: tracing?.options ?? NO_TRACING,
      ownerLateness,
    };
    const worker = new Worker(THREAD, { workerData: setup });
    // A gateway that is gone takes the logins of its clients with it: the process ends, as when the gateway of its own breaks.
    worker.on("error", (error) => {
      throw error;
    });
    const peer: Peer = new Peer(worker, {
      ...exchangeStoreHandlers(store, () => peer),
      ...busHandlers(bus satisfies EventBus),
      ...logHandlers(log),
    });
    return { worker, peer };
  }

  async #serveWhenReady(): Promise<void> {
    const { readiness } = this.#parts;
    const missing = () => readiness.missing().some((part) => part !== PART && part !== OWN_GATEWAY);
    while (!this.#leaving && missing()) await sleep(READY_POLL_MS);
    if (this.#leaving) return;
    await this.#ofEach("serve");
    this.#serving = true;
  }

  /** Rejects when one of them can't take it now; it is told again then. */
  async #tellState(key: string, state: unknown): Promise<void> {
    const octets = state === undefined ? undefined : toBinary(ClientChangedSchema, state as ClientChanged);
    await this.#ofEach("state", key, octets);
  }

  #ofEach(name: string, ...args: readonly unknown[]): Promise<readonly unknown[]> {
    return Promise.all(this.#threads.map(({ peer }) => peer.call(name, ...args)));
  }
}

function portOf(address: string | undefined): number | undefined {
  return address === undefined ? undefined : Number(address.slice(address.lastIndexOf(":") + 1));
}
