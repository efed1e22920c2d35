import { Batcher } from "@portcullis/kit";
import type { ExchangeId, GatewayId } from "../ids.js";
import { INBOX_TTL_MS, MAX_INBOX, StoreUnavailable, WAKE_BATCH, type Wake } from "../pending-store.js";
import { connectRedis, type RedisClient } from "./redis-client.js";
import type { RedisKeys } from "./redis-keys.js";

/** How often an inbox is looked into when no wake-up comes: what a lost one costs. */
const LOOK_EVERY_MS = 250;
/** After so many batches in a row the event loop and the next turn come first. */
const MAX_BATCHES = MAX_INBOX / WAKE_BATCH;

const BATCH = { maxItems: WAKE_BATCH, maxInFlight: 16, maxWaiting: 100_000, gather: "tick" } as const;

interface EncodedWake {
  readonly gatewayId: GatewayId;
  readonly bytes: Buffer;
}

/** The inboxes of gateways on Redis: a list for each, and a channel that says that something is in it. */
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
      const args = [this.#keys.channel(gatewayId), INBOX_TTL_MS, MAX_INBOX, ...own.map(({ bytes }) => bytes)];
      return this.#client.run("wakeGateway", [this.#keys.inbox(gatewayId)], args);
    });
    await Promise.all(scripts);
    return wakes.map(() => undefined);
  }

  /** Resolves when the signal aborts; rejects when the listener throws, which is its bug. */
  async listen(gatewayId: GatewayId, onWakes: (wakes: readonly Wake[]) => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const subscriber = connectRedis(this.#options.url, this.#options.onError);
    const looker = new InboxLooker(() => this.#take(gatewayId), onWakes);
    const timer = setInterval(() => looker.look(), LOOK_EVERY_MS);
    try {
      await new Promise<void>((resolve, reject) => {
        looker.onBug = reject;
        signal.addEventListener("abort", () => resolve());
        subscriber.on("message", () => looker.look());
        // Also after each reconnection: what was put in meanwhile is taken out at once.
        subscriber.on("ready", () => {
          subscriber.subscribe(this.#keys.channel(gatewayId)).then(() => looker.look(), this.#options.onError);
        });
      });
    } finally {
      clearInterval(timer);
      subscriber.disconnect();
    }
  }

  async #take(gatewayId: GatewayId): Promise<Wake[]> {
    const inbox = this.#keys.inbox(gatewayId);
    const taken = await this.#client.command((redis) => redis.lpopBuffer(inbox, WAKE_BATCH));
    return taken === null ? [] : taken.map(decodeWake);
  }
}

/** Empties one inbox, one batch after the other; however often it is called, one look is under way at a time. */
class InboxLooker {
  readonly #take: () => Promise<Wake[]>;
  readonly #onWakes: (wakes: readonly Wake[]) => void;
  #looking = false;
  #again = false;
  onBug: (error: unknown) => void = () => undefined;

  constructor(take: () => Promise<Wake[]>, onWakes: (wakes: readonly Wake[]) => void) {
    this.#take = take;
    this.#onWakes = onWakes;
  }

  look(): void {
    this.#again = true;
    if (this.#looking) return;
    this.#looking = true;
    this.#empty()
      .catch((error: unknown) => {
        // Redis is away: the next look is a quarter of a second off.
        if (!(error instanceof StoreUnavailable)) this.onBug(error);
      })
      .finally(() => {
        this.#looking = false;
        if (this.#again) setImmediate(() => this.look());
      });
  }

  async #empty(): Promise<void> {
    for (let batch = 0; batch < MAX_BATCHES && this.#again; batch++) {
      this.#again = false;
      const wakes = await this.#take();
      if (wakes.length > 0) this.#onWakes(wakes);
      if (wakes.length === WAKE_BATCH) this.#again = true;
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
