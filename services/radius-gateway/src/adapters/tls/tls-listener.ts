import { once } from "node:events";
import { createServer, isIPv6, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from "node:tls";
import { unmapped } from "../ipaddr/parse-address.js";
import { readProxyHeader } from "../proxy-protocol/read-proxy-header.js";
import { TrustedProxies } from "../proxy-protocol/trusted-proxies.js";
import { type ListenAddress, printAddress } from "../radius/listen-address.js";
import type { HalfOpen } from "./handshakes.js";
import { readTlsCredentials, type TlsCredentials, type TlsFiles } from "./tls-credentials.js";
import { ALPN_RADIUS_1_0, ALPN_RADIUS_1_1, type TlsEndpoint } from "./tls-endpoint.js";

/** The one that we prefer first. */
const PROTOCOLS = [ALPN_RADIUS_1_1, ALPN_RADIUS_1_0];
/** Connections that the system holds for us. */
const BACKLOG = 128;

export interface TlsListenerOptions {
  readonly listen: ListenAddress & { readonly tls: TlsFiles };
  readonly endpoint: TlsEndpoint;
  /** Other processes of this user may open the same port too. */
  readonly reusePort: boolean;
  readonly onError: (error: Error) => void;
  /** Its certificate, key or authorities have changed; new connections get them. */
  readonly onRenewed: () => void;
}

interface OpenedPort {
  readonly name: string;
  readonly server: Server;
  /** Never listens itself. */
  readonly tls: TlsServer;
  readonly credentials: TlsCredentials;
}

/**
 * One TCP port of RADIUS/TLS (RFC 6614). A connection comes in, tells its source where a proxy sent it, and shows its
 * certificate; then it is the endpoint's. The TLS server below never listens itself: it only does the handshakes.
 */
export class TlsListener {
  /** `address:port` as the system gave it, IPv6 in brackets. */
  readonly name: string;
  readonly #server: Server;
  readonly #endpoint: TlsEndpoint;
  readonly #proxies: TrustedProxies;
  readonly #sockets = new Set<Socket>();
  readonly #tls: TlsServer;
  readonly #reloading: NodeJS.Timeout;
  #credentials: TlsCredentials;

  private constructor({ name, server, tls, credentials }: OpenedPort, options: TlsListenerOptions) {
    this.#credentials = credentials;
    this.name = name;
    this.#server = server;
    this.#tls = tls;
    this.#endpoint = options.endpoint;
    this.#proxies = new TrustedProxies(options.listen.proxyProtocol ?? []);
    this.#reloading = setInterval(() => void this.#reload(options), options.endpoint.reloadEveryMs);
    server.on("error", options.onError);
    server.on("connection", (socket) => void this.#accept(socket));
    tls.on("secureConnection", (socket) => this.#secured(socket));
  }

  /** Opens the port; rejects with the system's error when it can't be had, or with what is wrong with the files. */
  static async open(options: TlsListenerOptions): Promise<TlsListener> {
    const { listen, reusePort } = options;
    const credentials = await readTlsCredentials(listen.tls);
    const tls = createTlsServer({
      ...credentials,
      requestCert: true,
      rejectUnauthorized: true,
      // Offered by the client, echoed by us; what offers only others gets the alert that RFC 7301 section 3.2 asks for.
      ALPNCallback: ({ protocols }) => PROTOCOLS.find((protocol) => protocols.includes(protocol)),
    });
    const server = createServer({ noDelay: true });
    const listening = once(server, "listening");
    const ipv6Only = isIPv6(listen.address);
    server.listen({ host: listen.address, port: listen.port, ipv6Only, reusePort, backlog: BACKLOG });
    await listening;
    const at = server.address();
    if (at === null || typeof at === "string") throw new TypeError("a TCP server has an address and a port");
    return new TlsListener({ name: printAddress(at.address, at.port), server, tls, credentials }, options);
  }

  /** Stops listening and ends what has no client yet; the endpoint ends the rest. Resolves when all are gone. */
  async close(): Promise<void> {
    clearInterval(this.#reloading);
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Takes renewed files for new connections; while they are wrong, or half written, the last right ones stay. */
  async #reload({ listen, onError, onRenewed }: TlsListenerOptions): Promise<void> {
    try {
      const now = await readTlsCredentials(listen.tls);
      const { cert, key, ca } = this.#credentials;
      if (now.cert === cert && now.key === key && now.ca === ca) return;
      this.#tls.setSecureContext(now);
      this.#credentials = now;
      onRenewed();
    } catch (error) {
      onError(error as Error);
    }
  }

  async #accept(socket: Socket): Promise<void> {
    const peerAddress = unmapped(socket.remoteAddress ?? "");
    const proxied = this.#proxies.has(peerAddress);
    const halfOpen = this.#endpoint.handshakes.begin(socket, peerAddress, proxied);
    if (halfOpen === undefined) return;
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    if (proxied && !(await this.#learnSource(halfOpen))) return;
    this.#tls.emit("connection", socket);
  }

  /** Fail closed: a proxy that tells no source, or something else than a header, could be anybody. */
  async #learnSource(halfOpen: HalfOpen): Promise<boolean> {
    const header = await readProxyHeader(halfOpen.socket);
    if (header === "closed") return false;
    if (header !== "malformed" && header.command === "local") return true;
    if (header === "malformed" || header.transport === "datagram" || header.source === undefined) {
      halfOpen.end("proxy-header-wrong");
      return false;
    }
    halfOpen.source = header.source;
    return true;
  }

  #secured(socket: TLSSocket): void {
    const halfOpen = this.#endpoint.handshakes.finish(socket);
    // Whoever is not authorized never gets here; the check stands for the day when somebody changes the options.
    if (halfOpen === undefined || !socket.authorized) {
      socket.destroy();
      return;
    }
    this.#sockets.delete(halfOpen.socket);
    this.#endpoint.take(socket, halfOpen, this.name);
  }
}
