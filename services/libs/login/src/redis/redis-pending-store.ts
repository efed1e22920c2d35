import type {
  Claim,
  ClaimRequest,
  DecidedExchange,
  ExchangeDecision,
  ExchangeRef,
  ExchangeStatus,
  Wake,
} from "../exchange-store.js";
import type { GatewayId, LoginId, UserId } from "../ids.js";
import type {
  Advanced,
  AnswerCheck,
  AnswerRequest,
  Expired,
  Finished,
  FinishRequest,
  HeldLogins,
  LoginRef,
  LoginStatus,
  NextRound,
  Noted,
  Opened,
  OpenRequest,
  RecallRequest,
  Refused,
  Reserved,
  Settled,
  Settlement,
  Waiting,
  WaitingBytes,
} from "../login-store.js";
import type { DueEntry, ObsoleteEntry, PendingStore } from "../pending-store.js";
import { RedisClient } from "./redis-client.js";
import { RedisDueIndex } from "./redis-due-index.js";
import { RedisExchanges } from "./redis-exchanges.js";
import { RedisHeldLogins } from "./redis-held-logins.js";
import { RedisInboxes } from "./redis-inboxes.js";
import { RedisKeys } from "./redis-keys.js";
import { RedisLogins } from "./redis-logins.js";
import { warnOfEviction } from "./redis-settings.js";

const DEFAULT_PREFIX = "portcullis:";
/** How long `connect` waits for the first connection before it leaves that to the background. */
const FIRST_CONNECTION_MS = 2_000;

export interface RedisStoreOptions {
  /** redis:// or rediss://, with user, password and database where there are any. */
  readonly url: string;
  /** What all keys begin with; `portcullis:` when absent. */
  readonly prefix?: string;
  /** Told of every failed connection, several times a second while Redis is away. */
  readonly onError: (error: Error) => void;
  /** Told of settings of Redis that put logins at risk. */
  readonly onWarning?: (message: string) => void;
}

/**
 * The pending store on Redis, shared by all processes. Every step is one Lua script on keys of one hash tag, so it is
 * atomic and works on Redis Cluster; what needs several tags is several steps, in an order that a repetition completes.
 */
export class RedisPendingStore implements PendingStore {
  readonly #client: RedisClient;
  readonly #dueIndex: RedisDueIndex;
  readonly #exchanges: RedisExchanges;
  readonly #logins: RedisLogins;
  readonly #heldLogins: RedisHeldLogins;
  readonly #inboxes: RedisInboxes;
  readonly #closed = new AbortController();

  private constructor(options: RedisStoreOptions) {
    const { url, onError } = options;
    const keys = new RedisKeys(options.prefix ?? DEFAULT_PREFIX);
    const client = new RedisClient(url, onError);
    const due = new RedisDueIndex(client, keys);
    this.#client = client;
    this.#dueIndex = due;
    this.#exchanges = new RedisExchanges({ client, keys, due, onError });
    this.#heldLogins = new RedisHeldLogins(client, keys);
    this.#logins = new RedisLogins({ client, keys, due, held: this.#heldLogins });
    this.#inboxes = new RedisInboxes(client, keys, { url, onError });
    client.redis.on("ready", () => void warnOfEviction(client, options.onWarning));
  }

  /**
   * Resolves when the connection is there. While Redis is away it resolves too, after two seconds: the store's calls
   * reject then, and work as soon as Redis is back.
   */
  static async connect(options: RedisStoreOptions): Promise<RedisPendingStore> {
    const store = new RedisPendingStore(options);
    await store.#client.firstConnection(FIRST_CONNECTION_MS);
    return store;
  }

  claim(request: ClaimRequest): Promise<Claim> {
    return this.#client.within(this.#exchanges.claim(request));
  }

  decideExchange(decision: ExchangeDecision): Promise<DecidedExchange> {
    return this.#client.within(this.#exchanges.decide(decision));
  }

  inspectExchange(ref: ExchangeRef): Promise<ExchangeStatus> {
    return this.#client.within(this.#exchanges.inspect(ref));
  }

  replies(refs: readonly ExchangeRef[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#client.within(this.#exchanges.replies(refs));
  }

  wake(gateways: readonly GatewayId[], wake: Wake): Promise<void> {
    return this.#client.within(this.#inboxes.wake(gateways, wake));
  }

  listen(gatewayId: GatewayId, onWakes: (wakes: readonly Wake[]) => void, signal: AbortSignal): Promise<void> {
    return this.#inboxes.listen(gatewayId, onWakes, AbortSignal.any([signal, this.#closed.signal]));
  }

  open(request: OpenRequest): Promise<Opened> {
    return this.#client.within(this.#logins.open(request));
  }

  reserve(request: AnswerRequest): Promise<Reserved> {
    return this.#client.within(this.#logins.reserve(request));
  }

  settle(settlement: Settlement): Promise<Settled> {
    return this.#client.within(this.#logins.settle(settlement));
  }

  release(request: AnswerCheck): Promise<void> {
    return this.#client.within(this.#logins.release(request));
  }

  finish(request: FinishRequest): Promise<Finished> {
    return this.#client.within(this.#logins.finish(request));
  }

  advance(request: LoginRef & NextRound & { readonly fromRound: number }): Promise<Advanced> {
    return this.#client.within(this.#logins.advance(request));
  }

  note(request: LoginRef & { readonly round: number; readonly challenge: Uint8Array }): Promise<Noted> {
    return this.#client.within(this.#logins.note(request));
  }

  wait(
    request: LoginRef & { readonly round: number; readonly exchange: WaitingBytes; readonly untilMs: number },
  ): Promise<Waiting> {
    return this.#client.within(this.#logins.wait(request));
  }

  recall(request: RecallRequest): Promise<string | undefined> {
    return this.#client.within(this.#logins.recall(request));
  }

  refuse(request: LoginRef & { readonly outcome: Uint8Array; readonly keepMs: number }): Promise<Refused> {
    return this.#client.within(this.#logins.refuse(request));
  }

  held(limit: number): Promise<HeldLogins> {
    return this.#client.within(this.#heldLogins.list(limit));
  }

  findHeld(loginId: LoginId): Promise<LoginRef | undefined> {
    return this.#client.within(this.#heldLogins.find(loginId));
  }

  openLogins(userId: UserId): Promise<readonly LoginRef[]> {
    return this.#client.within(this.#logins.openLogins(userId));
  }

  inspectLogin(ref: LoginRef): Promise<LoginStatus> {
    return this.#client.within(this.#logins.inspect(ref));
  }

  expire(request: LoginRef & { readonly keepMs: number }): Promise<Expired> {
    return this.#client.within(this.#logins.expire(request));
  }

  due(limit: number, leaseMs: number): Promise<readonly DueEntry[]> {
    return this.#client.within(this.#dueIndex.due(limit, leaseMs));
  }

  removeDue(entries: readonly ObsoleteEntry[]): Promise<void> {
    return this.#client.within(this.#dueIndex.removeDue(entries));
  }

  timeMs(): Promise<number> {
    return this.#client.within(this.#client.timeMs());
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#client.close();
  }
}
