import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { unmapped } from "../ipaddr/parse-address.js";
import { parseProxyHeader } from "../proxy-protocol/proxy-header.js";
import { TrustedProxies } from "../proxy-protocol/trusted-proxies.js";
import type { Unanswered } from "../radius/discards.js";
import { type ListenAddress, printAddress } from "../radius/listen-address.js";
import type { PortKind, Sender } from "../radius/sender.js";

/** What the kernel holds for us while the event loop is busy: some ten thousand requests. The system may grant less. */
export const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

export interface UdpListenerHandlers {
  readonly onDatagram: (datagram: Uint8Array, sender: Sender) => void;
  /** A datagram that comes to nothing before anybody knows whose it is. */
  readonly onDiscarded: (reason: Unanswered, sourceAddress: string) => void;
  /** A socket's trouble after it was opened: sending failed, most likely. */
  readonly onError: (error: Error) => void;
}

/** One socket. Replies leave from it, so from the address and port that the client asked (RFC 2865 section 3). */
export class UdpListener {
  /** `address:port` as the system gave it, IPv6 in brackets. */
  readonly name: string;
  readonly #socket: Socket;
  readonly #kind: PortKind;
  readonly #proxies: TrustedProxies;
  readonly #handlers: UdpListenerHandlers;

  private constructor(socket: Socket, listen: ListenAddress, handlers: UdpListenerHandlers) {
    const { address, port } = socket.address();
    this.name = printAddress(address, port);
    this.#socket = socket;
    this.#kind = listen.kind ?? "authentication";
    this.#proxies = new TrustedProxies(listen.proxyProtocol ?? []);
    this.#handlers = handlers;
    socket.on("error", handlers.onError);
    if (listen.proxyProtocol === undefined) {
      socket.on("message", (datagram, from) => handlers.onDatagram(datagram, this.#senderOf(from)));
    } else {
      socket.on("message", (datagram, from) => this.#takeMaybeProxied(datagram, from));
    }
  }

  /**
   * Opens a socket; rejects with the system's error when the address can't be had.
   * @param reusePort other processes of this user may open the same port too; the system spreads the clients over them
   */
  static async open(listen: ListenAddress, handlers: UdpListenerHandlers, reusePort = false): Promise<UdpListener> {
    const family = isIPv6(listen.address) ? 6 : 4;
    const socket = createSocket({
      type: family === 6 ? "udp6" : "udp4",
      ipv6Only: family === 6,
      reusePort,
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      // Addresses are numbers here; the system's resolver would cost a thread and ten times the send.
      lookup: (host, _options, callback) => callback(null, host, family),
    });
    // Awaited from before: with a look-up that answers at once, the event comes while `bind` still runs.
    const listening = once(socket, "listening");
    socket.bind({ address: listen.address, port: listen.port });
    await listening;
    return new UdpListener(socket, listen, handlers);
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await closed;
  }

  #senderOf({ address, port }: RemoteInfo): Sender {
    return {
      port: this.#kind,
      sourceAddress: unmapped(address),
      sourcePort: port,
      listener: this.name,
      reply: (octets) => this.#socket.send(octets, port, address),
    };
  }

  /**
   * From a proxy: the header, then the packet; the client is who the header names, the reply goes back to the proxy.
   * Fail closed: a proxy that tells nothing, or something else than a header, could be anybody's packet.
   */
  #takeMaybeProxied(datagram: Buffer, from: RemoteInfo): void {
    const { onDatagram, onDiscarded } = this.#handlers;
    const direct = this.#senderOf(from);
    const header = this.#proxies.has(direct.sourceAddress) ? parseProxyHeader(datagram) : undefined;
    if (header === undefined) onDatagram(datagram, direct);
    else if (typeof header === "string" || (header.command === "proxy" && header.transport === "stream")) {
      onDiscarded("proxy-header-wrong", direct.sourceAddress);
    } else if (header.command === "local") onDatagram(datagram.subarray(header.lengthBytes), direct);
    else if (header.source === undefined) onDiscarded("proxy-source-missing", direct.sourceAddress);
    else {
      const { address, port } = header.source;
      const client = { ...direct, sourceAddress: address, sourcePort: port };
      onDatagram(datagram.subarray(header.lengthBytes), client);
    }
  }
}
