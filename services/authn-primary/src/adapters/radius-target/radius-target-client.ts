import { Code, type RequestCode } from "@portcullis/radius";
import { OutstandingShares } from "./outstanding-shares.js";
import type { ServerReply } from "./reply-reader.js";
import {
  DEFAULT_CLIENT_SHARE,
  DEFAULT_HEALTH,
  DEFAULT_OUTSTANDING,
  DEFAULT_RESPONSE_WINDOW_MS,
  DEFAULT_RETRANSMISSION,
  MAX_OUTSTANDING,
  MAX_SERVERS,
  type RadiusTargetOptions,
  type ServerState,
  type TargetPorts,
} from "./target-options.js";
import { TargetServer } from "./target-server.js";

/** What is asked of a target, for one exchange of a client of ours. */
export interface TargetExchange {
  readonly code: RequestCode;
  /** In clear, see `clearRequestAttributes`; nothing of the client's hop in them. */
  readonly attributes: Uint8Array;
  /** By the clock; after it nobody waits for the reply. */
  readonly deadlineMs: number;
  /** The name of our RADIUS client, whose share it counts to. */
  readonly client: string;
  /** The server that issued the State among the attributes: only it can go on, so no other is asked. */
  readonly server?: string;
}

/**
 * How it ended. `reply`: verified, the attributes in clear, `server` the id to pin what follows to. `unavailable`: no server
 * that could be asked answered. `loop`: the target forwards to us. `too-big`: with our hop's attributes the request has more
 * than 4096 octets. `busy`: the client of ours, or all together, have too many requests under way; nothing was sent.
 */
export type TargetExchangeResult =
  | { readonly kind: "reply"; readonly code: number; readonly attributes: Uint8Array; readonly server: string }
  | { readonly kind: "unavailable" | "loop" | "too-big" | "busy" };

const UNAVAILABLE = { kind: "unavailable" } as const;

/**
 * The client of a target of type `radius`: an ordered list of servers, each of which is asked at most once for one exchange.
 * The first alive one is asked; when it does not answer in time, the next. With a pinned server there is no next.
 */
export class RadiusTargetClient {
  readonly #servers: readonly TargetServer[];
  readonly #shares: OutstandingShares;
  readonly #ports: TargetPorts;
  #closed = false;
  #idle: PromiseWithResolvers<void> | undefined;

  /** @throws RangeError for options that cannot be */
  constructor(options: RadiusTargetOptions, ports: TargetPorts) {
    const {
      name,
      servers,
      proxyState,
      maxOutstanding = DEFAULT_OUTSTANDING,
      clientShare = DEFAULT_CLIENT_SHARE,
    } = options;
    if (servers.length === 0 || servers.length > MAX_SERVERS) {
      throw new RangeError(`the target ${name} has 1 to ${MAX_SERVERS} servers, not ${servers.length}`);
    }
    if (!Number.isInteger(maxOutstanding) || maxOutstanding < 1 || maxOutstanding > MAX_OUTSTANDING) {
      throw new RangeError(`the target ${name} has 1 to ${MAX_OUTSTANDING} requests under way, not ${maxOutstanding}`);
    }
    const { retransmission = DEFAULT_RETRANSMISSION, responseWindowMs = DEFAULT_RESPONSE_WINDOW_MS } = options;
    const { health = DEFAULT_HEALTH } = options;
    this.#ports = ports;
    this.#shares = new OutstandingShares(maxOutstanding, clientShare);
    this.#servers = servers.map(
      (server) => new TargetServer({ ...ports, server, proxyState, retransmission, responseWindowMs, health }),
    );
    if (new Set(this.#servers.map(({ id }) => id)).size < servers.length) {
      throw new RangeError(`the target ${name} has a server twice`);
    }
  }

  /** How each server is, by its id, in the order of the list. */
  states(): ReadonlyMap<string, ServerState> {
    return new Map(this.#servers.map(({ id, state }) => [id, state]));
  }

  /** Rejects only when the attributes are none, which is a bug of who made them. */
  async exchange(exchange: TargetExchange): Promise<TargetExchangeResult> {
    if (this.#closed) return UNAVAILABLE;
    if (!this.#shares.take(exchange.client)) {
      this.#ports.metrics.refusedBusy(exchange.client);
      return { kind: "busy" };
    }
    try {
      return await this.#ask(exchange);
    } finally {
      this.#shares.give(exchange.client);
      if (this.#shares.total === 0) this.#idle?.resolve();
    }
  }

  /**
   * Takes no more exchanges, and closes the sockets when those under way have ended.
   * @param graceMs how long they may take; then they end as `unavailable`
   */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    this.#idle ??= Promise.withResolvers<void>();
    if (this.#shares.total === 0) this.#idle.resolve();
    const timer = setTimeout(() => this.#idle?.resolve(), graceMs);
    await this.#idle.promise;
    clearTimeout(timer);
    for (const server of this.#servers) server.close();
  }

  async #ask({ code, attributes, deadlineMs, server: pinned }: TargetExchange): Promise<TargetExchangeResult> {
    for (const server of this.#candidates(pinned)) {
      if (this.#ports.clock.nowMs() >= deadlineMs) return UNAVAILABLE;
      const outcome = await server.exchange({ code, attributes, deadlineMs });
      if (outcome.kind === "too-big") return { kind: "too-big" };
      if (outcome.kind === "reply") {
        const result = resultOf(outcome.reply, server.id);
        if (result !== undefined) return result;
      }
    }
    return UNAVAILABLE;
  }

  /**
   * Alive ones first, dead ones last, else in the order of the list. Fail closed: where the pinned server is none of ours any
   * more there is nobody to ask, since another one would take the State for that of a login of its own.
   */
  #candidates(pinned: string | undefined): readonly TargetServer[] {
    if (pinned !== undefined) return this.#servers.filter(({ id }) => id === pinned);
    const byState = Map.groupBy(this.#servers, ({ state }) => state);
    return [...(byState.get("alive") ?? []), ...(byState.get("zombie") ?? []), ...(byState.get("dead") ?? [])];
  }
}

/** @returns undefined when the next server shall be asked */
function resultOf({ code, attributes, loop }: ServerReply, server: string): TargetExchangeResult | undefined {
  if (loop) return { kind: "loop" };
  // Protocol-Error, RFC 7930 section 4: this server does not work on the request.
  return code === Code.ProtocolError ? undefined : { kind: "reply", code, attributes, server };
}
