import { Redis } from "ioredis";
import { StoreUnavailable } from "../pending-store.js";
import { SCRIPTS, type ScriptName } from "./scripts/scripts.js";

/** A call rejects after this time at the latest, however many steps it has: the caller's promise is two seconds. */
const OPERATION_TIMEOUT_MS = 1_900;
/** A connection on which an answer is overdue is given up for a new one. */
const SOCKET_TIMEOUT_MS = 1_800;
const CONNECT_TIMEOUT_MS = 1_000;
const LEAST_RECONNECT_DELAY_MS = 50;
const LONGEST_RECONNECT_DELAY_MS = 500;
/** How often a Redis that loads its data is asked whether it has done. */
const LOADING_RETRY_MS = 200;
const KEEP_ALIVE_MS = 5_000;
/** How long what Redis said of the time is relied on. */
const CLOCK_KEEP_MS = 5_000;

export type ScriptArgument = string | number | Uint8Array;
type Callable = (...args: readonly (string | number | Buffer)[]) => Promise<unknown>;

/**
 * One connection. It never queues what can't be sent and never sends anything twice: a command that got no answer is
 * rejected, and its caller, who knows that every step is repeatable, decides. `blocks`: its commands wait in Redis, so one
 * is under way at a time.
 */
export function connectRedis(url: string, onError: (error: Error) => void, { blocks = false } = {}): Redis {
  const redis = new Redis(url, {
    enableAutoPipelining: !blocks,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    socketTimeout: SOCKET_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    maxLoadingRetryTime: LOADING_RETRY_MS,
    retryStrategy: (attempt) =>
      Math.min(LEAST_RECONNECT_DELAY_MS * 2 ** Math.min(attempt - 1, 8), LONGEST_RECONNECT_DELAY_MS),
    // After a failover the address leads to the new master; this connection is still with the old one.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  });
  redis.on("error", (error: Error) => onError(unavailable(error)));
  return redis;
}

/** The commands of the store on one connection. Whatever goes wrong with Redis rejects with `StoreUnavailable`. */
export class RedisClient {
  readonly redis: Redis;
  /** How far Redis' clock is ahead of this process' monotonic one. */
  #clock: { readonly askedAtMs: number; readonly aheadMs: number } | undefined;

  constructor(url: string, onError: (error: Error) => void) {
    this.redis = connectRedis(url, onError);
    for (const [name, script] of Object.entries(SCRIPTS)) this.redis.defineCommand(name, script);
  }

  /** Runs a script; byte strings come back as they are. A script that Redis has forgotten is sent again. */
  async run(name: ScriptName, keys: readonly string[], args: readonly ScriptArgument[] = []): Promise<unknown> {
    const commands = this.redis as unknown as Record<string, Callable>; // `defineCommand` makes these methods; ioredis can't type them.
    const command = commands[`${name}Buffer`] as Callable;
    const count = "numberOfKeys" in SCRIPTS[name] ? [] : [keys.length];
    return this.#settled(command.call(this.redis, ...count, ...keys, ...args.map(argumentOf)));
  }

  /** Any other command. */
  async command<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    return this.#settled(command(this.redis));
  }

  /** Redis' clock, asked. */
  async timeMs(): Promise<number> {
    const askedAtMs = performance.now();
    const [seconds, microseconds] = await this.command((redis) => redis.time());
    const timeMs = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
    this.#clock = { askedAtMs, aheadMs: timeMs - (askedAtMs + performance.now()) / 2 };
    return timeMs;
  }

  /** Redis' clock, by what it said a few seconds ago. */
  async estimatedMs(): Promise<number> {
    const nowMs = performance.now();
    if (this.#clock === undefined || nowMs - this.#clock.askedAtMs > CLOCK_KEEP_MS) return this.timeMs();
    return Math.round(nowMs + this.#clock.aheadMs);
  }

  /** Bounds the time of a whole call. */
  async within<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new StoreUnavailable("redis did not answer in time")), OPERATION_TIMEOUT_MS);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits until the connection is there, but no longer than `limitMs`. */
  async firstConnection(limitMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.redis.once("ready", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  close(): void {
    this.redis.disconnect();
  }

  async #settled<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw unavailable(error);
    }
  }
}

/** Redis' words without the error itself, which holds the command with all its arguments. */
function unavailable(error: unknown): StoreUnavailable {
  return new StoreUnavailable(`redis: ${error instanceof Error ? error.message : String(error)}`);
}

/** A view, not a copy. */
function argumentOf(value: ScriptArgument): string | number | Buffer {
  if (!(value instanceof Uint8Array)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
