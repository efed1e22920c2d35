import type { Socket } from "node:net";
import type { ConnectionEnd } from "../prometheus/transport-metrics.js";
import { ConnectionCounts } from "./connection-counts.js";
import type { TlsLimits } from "./tls-limits.js";

/** A connection whose handshake has not ended. */
export interface HalfOpen {
  readonly socket: Socket;
  /** Who it comes from: the peer, or whom a proxy names. */
  source: { readonly address: string; readonly port: number };
  /** Ends the time of its handshake; with a reason, as a failure, and closes it. */
  readonly end: (failed?: ConnectionEnd) => void;
}

export interface HandshakesOptions {
  readonly limits: Pick<TlsLimits, "handshakeTimeoutMs" | "maxHalfOpen" | "maxHalfOpenPerAddress">;
  /** A handshake that came to nothing. */
  readonly onFailed: (reason: ConnectionEnd, sourceAddress: string) => void;
}

/**
 * Connections between `accept` and the end of their handshake, of all listeners: nobody has proven anything, so they are few
 * and short.
 */
export class Handshakes {
  readonly #options: HandshakesOptions;
  readonly #perAddress = new ConnectionCounts();
  readonly #underWay = new Map<string, HalfOpen>();

  constructor(options: HandshakesOptions) {
    this.#options = options;
  }

  /**
   * Takes a new connection.
   * @param peerAddress of the socket
   * @param trusted a proxy, whose address stands for many clients
   * @returns undefined when there are too many; it is closed then
   */
  begin(socket: Socket, peerAddress: string, trusted: boolean): HalfOpen | undefined {
    const { limits, onFailed } = this.#options;
    const key = keyOf(socket);
    // Without an error handler the process would end; the close that follows says all we need.
    socket.on("error", () => undefined);
    const most = trusted ? limits.maxHalfOpen : limits.maxHalfOpenPerAddress;
    const full = this.#perAddress.total >= limits.maxHalfOpen || this.#underWay.has(key);
    if (full || !this.#perAddress.take(peerAddress, most)) {
      onFailed("half-open-limit", peerAddress);
      socket.destroy();
      return undefined;
    }
    const end = (failed?: ConnectionEnd) => {
      if (!this.#underWay.delete(key)) return;
      clearTimeout(deadline);
      this.#perAddress.giveBack(peerAddress);
      if (failed === undefined) return;
      onFailed(failed, halfOpen.source.address);
      socket.destroy();
    };
    const deadline = setTimeout(() => end("handshake-timeout"), limits.handshakeTimeoutMs);
    const halfOpen: HalfOpen = { socket, source: { address: peerAddress, port: socket.remotePort ?? 0 }, end };
    this.#underWay.set(key, halfOpen);
    socket.once("close", () => end("handshake-failed"));
    return halfOpen;
  }

  /** The connection whose handshake has just ended well; undefined when it was given up meanwhile. */
  finish(socket: Socket): HalfOpen | undefined {
    const halfOpen = this.#underWay.get(keyOf(socket));
    halfOpen?.end();
    return halfOpen;
  }
}

/** The same for a connection and the TLS socket around it, and for no two of this process. */
function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress}|${remotePort}|${localAddress}|${localPort}`;
}
