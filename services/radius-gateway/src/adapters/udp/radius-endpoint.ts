import { setTimeout as sleep } from "node:timers/promises";
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from "@nestjs/common";
import type { Log, Random, Readiness } from "@portcullis/kit";
import type { FrontEnd } from "@portcullis/login";
import type { Registry } from "prom-client";
import { createTransportMetrics } from "../prometheus/transport-metrics.js";
import type { ClientRegistry } from "../radius/client-registry.js";
import type { Unanswered } from "../radius/discards.js";
import type { ListenAddress } from "../radius/listen-address.js";
import type { RadiusServer } from "../radius/radius-server.js";
import type { Sender } from "../radius/sender.js";
import { TlsFilesError } from "../tls/tls-credentials.js";
import { TlsEndpoint } from "../tls/tls-endpoint.js";
import type { TlsLimits } from "../tls/tls-limits.js";
import { TlsListener } from "../tls/tls-listener.js";
import { UdpListener } from "./udp-listener.js";

/** Trouble with sockets is logged once in this time. */
const LOG_EVERY_MS = 10_000;
const READY_POLL_MS = 50;
const PART = "radius";

export interface EndpointOptions {
  readonly listen: readonly ListenAddress[];
  /** How long the gateway still serves everything when it is told to leave: until nobody sends to it any more. */
  readonly drainDelayMs: number;
  /** How long what waits may then take to finish. */
  readonly drainGraceMs: number;
  /** Other processes of this user may open the same ports too, and share what comes. Off when left out. */
  readonly reusePort?: boolean;
  /** Other limits of TLS connections than `TLS_LIMITS`. */
  readonly tlsLimits?: Partial<TlsLimits>;
  /** Called with the addresses as the system gave them, `address:port`, IPv6 in brackets. */
  readonly onListening?: ((addresses: readonly string[]) => void) | undefined;
}

export interface EndpointParts {
  readonly server: RadiusServer;
  readonly clients: ClientRegistry;
  readonly frontEnd: FrontEnd;
  readonly readiness: Readiness;
  readonly random: Random;
  readonly registry: Registry;
  readonly log: Log;
}

type Listener = Pick<UdpListener, "name" | "close">;

/**
 * The sockets' life. They open when everything else has started (the clients are known by then) and close before anything
 * else stops: the states and events are still consumed while the last exchanges finish.
 */
export class RadiusEndpoint implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #options: EndpointOptions;
  readonly #parts: EndpointParts;
  readonly #tls: TlsEndpoint;
  #listeners: readonly Listener[] = [];
  #started = false;
  #serving = false;
  #leaving = false;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: EndpointOptions, parts: EndpointParts) {
    this.#options = options;
    this.#parts = parts;
    parts.readiness.add(PART, () => this.#serving);
    const metrics = createTransportMetrics(parts.registry, () => this.#tls.openCount);
    const isServing = () => this.#serving || this.#leaving;
    this.#tls = new TlsEndpoint({ ...parts, metrics, isServing }, options.tlsLimits);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { frontEnd, log } = this.#parts;
    frontEnd.start();
    this.#started = true;
    try {
      for (const listen of this.#options.listen) this.#listeners = [...this.#listeners, await this.#open(listen)];
    } catch (error) {
      this.#started = false;
      await this.#close();
      await frontEnd.stop(0);
      throw error;
    }
    const addresses = this.#listeners.map((listener) => listener.name);
    log.info("radius.listening", { addresses });
    this.#options.onListening?.(addresses);
    void this.#serveWhenReady();
  }

  /**
   * Fail closed: until everything else can decide a login for the first time, requests are dropped. A user who is still
   * being imported would be rejected as unknown; silence sends the client elsewhere, or lets it ask again.
   */
  async #serveWhenReady(): Promise<void> {
    const { readiness, log } = this.#parts;
    while (!this.#leaving && readiness.missing().some((part) => part !== PART)) await sleep(READY_POLL_MS);
    if (this.#leaving) return;
    this.#serving = true;
    log.info("radius.serving");
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.#leaving || !this.#started) return;
    const { frontEnd, log } = this.#parts;
    this.#leaving = true;
    this.#serving = false;
    log.info("radius.draining", { waiting: frontEnd.waitingCount });
    await sleep(this.#options.drainDelayMs);
    await frontEnd.stop(this.#options.drainGraceMs);
    await this.#close();
    log.info("radius.closed");
  }

  async #open(listen: ListenAddress): Promise<Listener> {
    try {
      return await (listen.tls === undefined ? this.#openUdp(listen) : this.#openTls({ ...listen, tls: listen.tls }));
    } catch (error) {
      const why = error instanceof TlsFilesError ? ` ${error.message}` : "";
      throw new Error(`RADIUS cannot listen on ${listen.address} port ${listen.port}.${why}`, { cause: error });
    }
  }

  #openUdp(listen: ListenAddress): Promise<UdpListener> {
    const { server } = this.#parts;
    const handlers = {
      onDatagram: (datagram: Uint8Array, sender: Sender) => {
        if (this.#serving || this.#leaving) void server.receive(datagram, sender);
      },
      onDiscarded: (reason: Unanswered, sourceAddress: string) => server.discard(reason, sourceAddress),
      onError: (error: Error) => this.#onError(error),
    };
    return UdpListener.open(listen, handlers, this.#options.reusePort);
  }

  #openTls(listen: ListenAddress & Pick<Required<ListenAddress>, "tls">): Promise<TlsListener> {
    const onError = (error: Error) => this.#onError(error);
    const onRenewed = () => this.#parts.log.info("radius.tls_renewed", { address: listen.address, port: listen.port });
    const { reusePort = false } = this.#options;
    return TlsListener.open({ listen, endpoint: this.#tls, reusePort, onError, onRenewed });
  }

  #onError(error: Error): void {
    const now = performance.now();
    if (now - this.#loggedAt < LOG_EVERY_MS) return;
    this.#loggedAt = now;
    this.#parts.log.warn("radius.socket", { error });
  }

  async #close(): Promise<void> {
    const listeners = this.#listeners;
    this.#listeners = [];
    this.#tls.close();
    await Promise.all(listeners.map((listener) => listener.close()));
  }
}
