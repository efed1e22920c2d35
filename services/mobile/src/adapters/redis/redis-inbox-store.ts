import type { Clock } from "@portcullis/kit";
import { connectRedis, type UserId } from "@portcullis/login";
import type { Redis } from "ioredis";
import { type InboxItem, type InboxStore, MAX_INBOX_ITEMS, type Put } from "../../application/ports.js";
import type { ChallengeId } from "../../domain/inbox.js";
import { putItem } from "./inbox-scripts.js";

/** How often the connection that listens is asked whether it is still one. */
const PING_EVERY_MS = 5_000;
const CHANNEL = "mobile:inbox-changed";

interface Scripts {
  putItem(key: string, ...args: readonly (string | number | Buffer)[]): Promise<string>;
}

export interface RedisInboxOptions {
  /** For commands; its owner closes it. */
  readonly redis: Redis;
  readonly url: string;
  readonly prefix: string;
  readonly clock: Clock;
  /** Told of every failed connection. */
  readonly onError: (error: Error) => void;
}

/**
 * The inboxes on Redis: a hash for each user, which ends with its last item. Every change is told on one channel, to which each
 * replica has one subscription on a connection of its own.
 */
export class RedisInboxStore implements InboxStore {
  readonly #options: RedisInboxOptions;
  readonly #channel: string;
  #listener: Redis | undefined;
  #pings: NodeJS.Timeout | undefined;

  constructor(options: RedisInboxOptions) {
    this.#options = options;
    this.#channel = options.prefix + CHANNEL;
    options.redis.defineCommand("putItem", { numberOfKeys: 1, lua: putItem });
  }

  async put(userId: UserId, { challengeId, rank, expiresAtMs, value }: InboxItem): Promise<Put> {
    const scripts = this.#options.redis as unknown as Scripts; // `defineCommand` makes this method; ioredis can't type it.
    const args = [
      challengeId,
      rank,
      Math.ceil(expiresAtMs),
      Buffer.from(value),
      MAX_INBOX_ITEMS,
      this.#channel,
      userId,
    ];
    return (await scripts.putItem(this.#keyOf(userId), ...args)) as Put;
  }

  async list(userId: UserId): Promise<readonly InboxItem[]> {
    const all = await this.#options.redis.hgetallBuffer(this.#keyOf(userId));
    const nowMs = this.#options.clock.nowMs();
    const items = Object.entries(all).map(([id, bytes]) => itemOf(id as ChallengeId, bytes));
    return items.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
  }

  listen(onChange: (userId: UserId | undefined) => void): void {
    const { url, onError } = this.#options;
    const listener = connectRedis(url, onError, { blocks: true });
    this.#listener = listener;
    // What changed while the connection was away is not told again.
    listener.on("ready", () => {
      listener.subscribe(this.#channel).then(
        () => onChange(undefined),
        () => listener.disconnect(true),
      );
    });
    listener.on("message", (_channel, userId: string) => onChange(userId as UserId));
    this.#pings = setInterval(() => void listener.ping().catch(() => undefined), PING_EVERY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#pings);
    this.#listener?.disconnect();
  }

  #keyOf(userId: UserId): string {
    return `${this.#options.prefix}mobile:inbox:{${userId}}`;
  }
}

/**
 *     rank, in decimal | blank | expiry in ms, in decimal | blank | value
 */
function itemOf(challengeId: ChallengeId, bytes: Buffer): InboxItem {
  const rankEnd = bytes.indexOf(0x20);
  const expiryEnd = bytes.indexOf(0x20, rankEnd + 1);
  return {
    challengeId,
    rank: Number(bytes.toString("latin1", 0, rankEnd)),
    expiresAtMs: Number(bytes.toString("latin1", rankEnd + 1, expiryEnd)),
    value: new Uint8Array(bytes.subarray(expiryEnd + 1)),
  };
}
