import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { Log, Random } from "@portcullis/kit";
import { prefixHolds } from "../../domain/prefix-table.js";
import { parseAddress } from "../ipaddr/parse-address.js";
import type { ConnectionEnd, TransportMetrics } from "../prometheus/transport-metrics.js";
import type { ClientRegistry } from "../radius/client-registry.js";
import { UNKNOWN_CLIENT } from "../radius/discards.js";
import type { RadiusClient } from "../radius/radius-client.js";
import type { RadiusServer } from "../radius/radius-server.js";
import { namesOfCertificate } from "./certificate-names.js";
import { ConnectionCounts } from "./connection-counts.js";
import { type HalfOpen, Handshakes } from "./handshakes.js";
import { TlsConnection } from "./tls-connection.js";
import { TLS_LIMITS, type TlsLimits } from "./tls-limits.js";

/** RFC 9765 section 3: RADIUS as it always was, over TLS; and without MD5. */
export const ALPN_RADIUS_1_0 = "radius/1.0";
export const ALPN_RADIUS_1_1 = "radius/1.1";
const CONNECTION_ID_BYTES = 16;
/** One reason for refusals is logged once in this time. */
const LOG_EVERY_MS = 10_000;
/** Names of a stranger's certificate that the log shows. */
const MAX_LOGGED_NAMES = 4;

export interface TlsEndpointParts {
  readonly clients: Pick<ClientRegistry, "findByCertificate">;
  readonly server: Pick<RadiusServer, "receiveOverTls" | "discard">;
  readonly metrics: TransportMetrics;
  readonly random: Random;
  readonly log: Log;
  readonly isServing: () => boolean;
}

/** All TLS connections of this process, whichever listener they came to: who they are, how many, and their end. */
export class TlsEndpoint {
  readonly handshakes: Handshakes;
  readonly #parts: TlsEndpointParts;
  readonly #limits: TlsLimits;
  readonly #perClient = new ConnectionCounts();
  readonly #open = new Set<TlsConnection>();
  readonly #loggedAt = new Map<string, number>();

  constructor(parts: TlsEndpointParts, limits: Partial<TlsLimits> = {}) {
    this.#parts = parts;
    this.#limits = { ...TLS_LIMITS, ...limits };
    this.handshakes = new Handshakes({
      limits: this.#limits,
      onFailed: (reason, sourceAddress) => this.#refused(reason, sourceAddress),
    });
  }

  get reloadEveryMs(): number {
    return this.#limits.reloadEveryMs;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Takes a connection whose handshake has ended and whose certificate is one of the listener's authorities. */
  take(socket: TLSSocket, { source }: HalfOpen, listener: string): void {
    const certificate = socket.getPeerX509Certificate();
    // Without an error handler the process would end with the first connection that breaks here.
    socket.on("error", () => undefined);
    const found = certificate && this.#clientOf(certificate, source.address);
    // RFC 9765 section 1: RADIUS/1.1 needs TLS 1.3.
    const tooOld = socket.alpnProtocol === ALPN_RADIUS_1_1 && socket.getProtocol() !== "TLSv1.3";
    if (found === undefined || "refusal" in found || tooOld) {
      const { refusal = "handshake-failed", names = [] } = found !== undefined && "refusal" in found ? found : {};
      this.#refused(refusal, source.address, names);
      socket.destroy();
      return;
    }
    const { name } = found.client;
    if (!this.#perClient.take(name, this.#limits.maxConnectionsPerClient)) {
      this.#refused("connection-limit", source.address, found.names, name);
      socket.destroy();
      return;
    }
    this.#open.add(this.#connectionOf(socket, found, { ...source, listener }));
  }

  /** Ends all connections of clients; those of strangers end with their listener. */
  close(): void {
    for (const connection of this.#open) connection.close("closed-by-us");
  }

  #connectionOf(
    socket: TLSSocket,
    { client, names }: FoundClient,
    route: { readonly address: string; readonly port: number; readonly listener: string },
  ): TlsConnection {
    const { server, random, isServing, metrics } = this.#parts;
    const connection = new TlsConnection({
      id: random.bytes(CONNECTION_ID_BYTES).toString("hex"),
      socket,
      sourceAddress: route.address,
      sourcePort: route.port,
      listener: route.listener,
      limits: this.#limits,
      server,
      isServing,
      radius11: socket.alpnProtocol === ALPN_RADIUS_1_1,
      clientNow: this.#clientNow(client, names, route.address),
      onEnd: (reason) => {
        this.#open.delete(connection);
        this.#perClient.giveBack(client.name);
        metrics.connectionsEnded.inc({ client: client.name, reason });
      },
    });
    return connection;
  }

  /** A connection stays its client's while the client lives and has its certificate and address; else it is nobody's. */
  #clientNow(client: RadiusClient, names: readonly string[], address: string): () => RadiusClient | undefined {
    let known = client;
    return () => {
      const now = this.#parts.clients.findByCertificate(names);
      if (now === known) return known;
      if (now === undefined || now.name !== known.name || !isAllowed(now, address)) return undefined;
      known = now;
      return now;
    };
  }

  #clientOf(certificate: X509Certificate, address: string): FoundClient | Refusal {
    const names = namesOfCertificate(certificate);
    const client = this.#parts.clients.findByCertificate(names);
    if (client === undefined) return { refusal: "client-unknown", names };
    return isAllowed(client, address) ? { client, names } : { refusal: "address-not-allowed", names };
  }

  #refused(reason: ConnectionEnd, sourceAddress: string, names: readonly string[] = [], client = UNKNOWN_CLIENT): void {
    const { metrics, log } = this.#parts;
    metrics.connectionsEnded.inc({ client, reason });
    const now = performance.now();
    if (now - (this.#loggedAt.get(reason) ?? Number.NEGATIVE_INFINITY) < LOG_EVERY_MS) return;
    this.#loggedAt.set(reason, now);
    const certificate = names.slice(0, MAX_LOGGED_NAMES);
    log.warn("radius.connection_refused", { reason, client, sourceAddress, certificate, hint: HINTS[reason] });
  }
}

interface FoundClient {
  readonly client: RadiusClient;
  readonly names: readonly string[];
}

interface Refusal {
  readonly refusal: ConnectionEnd;
  readonly names: readonly string[];
}

/** A client with addresses comes from these only; one without is known by its certificate alone. */
function isAllowed({ prefixes }: RadiusClient, sourceAddress: string): boolean {
  if (prefixes.length === 0) return true;
  const address = parseAddress(sourceAddress);
  return address !== undefined && prefixes.some((prefix) => prefixHolds(prefix, address));
}

const HINTS: Partial<Record<ConnectionEnd, string>> = {
  "handshake-failed": "Most likely no TLS 1.2 or newer, no certificate, or one that is not of the listener's ca.",
  "client-unknown": "Add one of these names to tls.certificates of a client.",
  "address-not-allowed": "The client has addresses, and this is none of them.",
  "connection-limit": "The client opens connections and does not close them.",
  "proxy-header-wrong": "This address is listed in proxyProtocol: let the proxy send version 2 of the PROXY protocol.",
};
