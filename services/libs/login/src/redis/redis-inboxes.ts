import { setTimeout as sleep } from "node:timers/promises";
import { Batcher } from "@portcullis/kit";
import type { Redis } from "ioredis";
import { INBOX_TTL_MS, MAX_INBOX, WAKE_BATCH, type Wake } from "../exchange-store.js";
import type { ExchangeId, GatewayId } from "../ids.js";
import { connectRedis, type RedisClient } from "./redis-client.js";
import type { RedisKeys } from "./redis-keys.js";

/** How long one look waits for a wake-up, in seconds: less than the connection waits for any answer. */
const LOOK_S = 1;
/** Redis is away: how long until the next look. */
const LOOK_AGAIN_AFTER_MS = 50;

const BATCH = { maxItems: WAKE_BATCH, maxInFlight: 16, maxWaiting: 100_000, gather: "tick" } as const;

interface EncodedWake {
  readonly gatewayId: GatewayId;
  readonly bytes: Buffer;
}

/** The inboxes of gateways on Redis: a list for each, on which its gateway waits. */
export class RedisInboxes {
  readonly #client: RedisClient;
  readonly #keys: RedisKeys;
  readonly #wakes: Batcher<EncodedWake, undefined>;
  readonly #options: { readonly url: string; readonly onError: (error: Error) => void };

  constructor(
    client: RedisClient,
    keys: RedisKeys,
    options: { readonly url: string; readonly onError: (error: Error) => void },
  ) {
    this.#client = client;
    this.#keys = keys;
    this.#options = options;
    this.#wakes = new Batcher((wakes) => this.#wakeAll(wakes), BATCH);
  }

  async wake(gateways: readonly GatewayId[], wake: Wake): Promise<void> {
    const bytes = encodeWake(wake);
    await Promise.all(gateways.map((gatewayId) => this.#wakes.add({ gatewayId, bytes })));
  }

  /** What becomes known in one turn goes to a gateway in one piece. */
  async #wakeAll(wakes: readonly EncodedWake[]): Promise<readonly undefined[]> {
    const scripts = [...Map.groupBy(wakes, ({ gatewayId }) => gatewayId)].map(([gatewayId, own]) => {
      const args = [INBOX_TTL_MS, MAX_INBOX, ...own.map(({ bytes }) => bytes)];
      return this.#client.run("wakeGateway", [this.#keys.inbox(gatewayId)], args);
    });
    await Promise.all(scripts);
    return wakes.map(() => undefined);
  }

  /**
   * Resolves when the signal aborts; rejects when the listener throws, which is its bug. On a connection of its own, which
   * the waiting holds. What was taken from the list for a connection that broke just then is a lost wake-up.
   */
  async listen(gatewayId: GatewayId, onWakes: (wakes: readonly Wake[]) => void, signal: AbortSignal): Promise<void> {
    const connection = connectRedis(this.#options.url, this.#options.onError, { blocks: true });
    const disconnect = (): void => connection.disconnect();
    signal.addEventListener("abort", disconnect);
    try {
      while (!signal.aborted) {
        const wakes = await this.#next(connection, gatewayId, signal);
        if (wakes.length > 0) onWakes(wakes);
      }
    } finally {
      signal.removeEventListener("abort", disconnect);
      disconnect();
    }
  }

  /** What is in the inbox, or comes into it within a second. */
  async #next(connection: Redis, gatewayId: GatewayId, signal: AbortSignal): Promise<readonly Wake[]> {
    try {
      const taken = await connection.blmpopBuffer(LOOK_S, 1, this.#keys.inbox(gatewayId), "LEFT", "COUNT", WAKE_BATCH);
      return (taken?.[1] ?? []).map(decodeWake);
    } catch {
      // Its errors are told by the connection. Whoever leaves does not wait.
      if (!signal.aborted) await sleep(LOOK_AGAIN_AFTER_MS);
      return [];
    }
  }
}

/**
 *     length of the id, 1 byte | exchange id | reply
 */
function encodeWake({ exchangeId, reply }: Wake): Buffer {
  const bytes = Buffer.allocUnsafe(1 + exchangeId.length + reply.length);
  bytes[0] = exchangeId.length;
  bytes.write(exchangeId, 1, "latin1");
  bytes.set(reply, 1 + exchangeId.length);
  return bytes;
}

function decodeWake(bytes: Buffer): Wake {
  const end = 1 + (bytes[0] ?? 0);
  const exchangeId = bytes.toString("latin1", 1, end) as ExchangeId;
  return { exchangeId, reply: new Uint8Array(bytes.subarray(end)) };
}
