import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import { isMalformed } from "../malformed.js";
import { AUTHENTICATOR_BYTES, decode } from "../packet.js";
import type { SharedSecret } from "../shared-secret.js";
import { type AccessRequest, buildAccessRequest } from "./build-access-request.js";
import { type ExchangeResult, failedBeforeSending } from "./exchange-result.js";
import { exchangeOverUdp, type UdpRoute } from "./udp-exchange.js";

/** The wait after each attempt, RFC 5080 section 2.2.1 and what NASes do. */
export const DEFAULT_INTERVAL_MS = 3000;

/** Attempts of one exchange: with the interval, the 30 seconds that a person needs for a prompt. */
export const DEFAULT_TRIES = 10;

export interface RadiusClientOptions {
  /** The server: an address or a name. */
  readonly host: string;
  readonly port: number;
  readonly secret: SharedSecret;
  /** Ignore replies without Message-Authenticator; true when left out. */
  readonly requireMessageAuthenticator?: boolean;
  readonly intervalMs?: number;
  /** How often a request is sent, the first time included; from 1. */
  readonly tries?: number;
  readonly localAddress?: string;
  /** A port to send from; then one exchange at a time. Any free one, a new one for each exchange, when left out. */
  readonly localPort?: number;
  /** End at the first error of the network. Off: go on, as a server that is being restarted needs. */
  readonly giveUpWhenUnreachable?: boolean;
  /** The source of authenticators and identifiers. */
  readonly random?: (lengthBytes: number) => Uint8Array;
  readonly nowMs?: () => number;
}

/** A request of which Identifier and authenticator may be chosen; random when left out. */
export interface RequestToSend extends AccessRequest {
  readonly identifier?: number;
  readonly authenticator?: Uint8Array;
}

/** A RADIUS client over UDP, as a NAS would be: for the command line and for tests. It keeps nothing between exchanges. */
export class RadiusClient {
  readonly #options: RadiusClientOptions;
  readonly #route: UdpRoute;

  constructor(options: RadiusClientOptions) {
    this.#options = options;
    this.#route = {
      host: options.host,
      port: options.port,
      localPort: options.localPort ?? 0,
      localAddress: options.localAddress,
      intervalMs: options.intervalMs ?? DEFAULT_INTERVAL_MS,
      tries: options.tries ?? DEFAULT_TRIES,
      giveUpWhenUnreachable: options.giveUpWhenUnreachable ?? false,
      nowMs: options.nowMs ?? (() => performance.now()),
    };
  }

  /**
   * Builds a request, sends it, and waits for the reply that verifies.
   * @returns the reply, or the failure as a value
   */
  async send(request: RequestToSend): Promise<ExchangeResult> {
    const { secret, random = randomBytes } = this.#options;
    const octets = buildAccessRequest({
      ...request,
      secret,
      identifier: request.identifier ?? random(1)[0] ?? 0,
      authenticator: request.authenticator ?? random(AUTHENTICATOR_BYTES),
    });
    return typeof octets === "string" ? failedBeforeSending(octets) : this.exchange(octets);
  }

  /**
   * Sends a request that is built already, by `buildAccessRequest` or `encodeRequest`; the same octets twice are what a NAS
   * does that asks a second server.
   * @throws RangeError when the octets are no RADIUS packet, which is a bug of the caller
   */
  async exchange(requestOctets: Uint8Array): Promise<ExchangeResult> {
    const request = decode(requestOctets);
    if (isMalformed(request)) {
      throw new RangeError(`not a RADIUS request: ${request.malformed}`);
    }
    const { secret, requireMessageAuthenticator = true } = this.#options;
    return exchangeOverUdp(this.#route, { request, secret, requireMessageAuthenticator });
  }
}
