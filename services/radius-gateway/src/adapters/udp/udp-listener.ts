import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import type { Sender } from "../radius/radius-server.js";

/** What the kernel holds for us while the event loop is busy: some ten thousand requests. The system may grant less. */
export const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
const IPV4_IN_IPV6 = "::ffff:";

/** A UDP address to answer on. */
export interface ListenAddress {
  /** IPv4 or IPv6 address. */
  readonly address: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

export interface UdpListenerHandlers {
  readonly onDatagram: (datagram: Uint8Array, sender: Sender) => void;
  /** A socket's trouble after it was opened: sending failed, most likely. */
  readonly onError: (error: Error) => void;
}

/** One socket. Replies leave from it, so from the address and port that the client asked (RFC 2865 section 3). */
export class UdpListener {
  /** `address:port` as the system gave it, IPv6 in brackets. */
  readonly name: string;
  readonly #socket: Socket;

  private constructor(name: string, socket: Socket) {
    this.name = name;
    this.#socket = socket;
  }

  /** Opens a socket; rejects with the system's error when the address can't be had. */
  static async open(listen: ListenAddress, handlers: UdpListenerHandlers): Promise<UdpListener> {
    const family = isIPv6(listen.address) ? 6 : 4;
    const socket = createSocket({
      type: family === 6 ? "udp6" : "udp4",
      ipv6Only: family === 6,
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      // Addresses are numbers here; the system's resolver would cost a thread and ten times the send.
      lookup: (host, _options, callback) => callback(null, host, family),
    });
    // Awaited from before: with a look-up that answers at once, the event comes while `bind` still runs.
    const listening = once(socket, "listening");
    socket.bind({ address: listen.address, port: listen.port });
    await listening;
    const { address, port } = socket.address();
    const name = family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
    socket.on("error", handlers.onError);
    socket.on("message", (datagram, from) => handlers.onDatagram(datagram, senderOf(socket, name, from)));
    return new UdpListener(name, socket);
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await closed;
  }
}

function senderOf(socket: Socket, listener: string, { address, port }: RemoteInfo): Sender {
  return {
    sourceAddress: address.startsWith(IPV4_IN_IPV6) && address.includes(".") ? address.slice(7) : address,
    sourcePort: port,
    listener,
    reply: (octets) => socket.send(octets, port, address),
  };
}
