import { setTimeout as sleep } from "node:timers/promises";
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from "@nestjs/common";
import type { Log, Readiness } from "@portcullis/kit";
import type { FrontEnd } from "@portcullis/login";
import type { RadiusServer } from "../radius/radius-server.js";
import { type ListenAddress, UdpListener } from "./udp-listener.js";

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
  /** Called with the addresses as the system gave them, `address:port`, IPv6 in brackets. */
  readonly onListening?: ((addresses: readonly string[]) => void) | undefined;
}

export interface EndpointParts {
  readonly server: RadiusServer;
  readonly frontEnd: FrontEnd;
  readonly readiness: Readiness;
  readonly log: Log;
}

/**
 * The sockets' life. They open when everything else has started (the clients are known by then) and close before anything
 * else stops: the states and events are still consumed while the last exchanges finish.
 */
export class RadiusEndpoint implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #options: EndpointOptions;
  readonly #parts: EndpointParts;
  #listeners: readonly UdpListener[] = [];
  #serving = false;
  #leaving = false;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: EndpointOptions, parts: EndpointParts) {
    this.#options = options;
    this.#parts = parts;
    parts.readiness.add(PART, () => this.#serving);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { frontEnd, log } = this.#parts;
    frontEnd.start();
    try {
      for (const listen of this.#options.listen) this.#listeners = [...this.#listeners, await this.#open(listen)];
    } catch (error) {
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
    if (this.#leaving || this.#listeners.length === 0) return;
    const { frontEnd, log } = this.#parts;
    this.#leaving = true;
    this.#serving = false;
    log.info("radius.draining", { waiting: frontEnd.waitingCount });
    await sleep(this.#options.drainDelayMs);
    await frontEnd.stop(this.#options.drainGraceMs);
    await this.#close();
    log.info("radius.closed");
  }

  async #open(listen: ListenAddress): Promise<UdpListener> {
    try {
      return await UdpListener.open(listen, {
        onDatagram: (datagram, sender) => {
          if (this.#serving || this.#leaving) void this.#parts.server.receive(datagram, sender);
        },
        onError: (error) => this.#onError(error),
      });
    } catch (error) {
      throw new Error(`RADIUS cannot listen on ${listen.address} port ${listen.port}.`, { cause: error });
    }
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
    await Promise.all(listeners.map((listener) => listener.close()));
  }
}
