import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { IDENTIFIERS } from "./target-options.js";

/** Who waits for replies with one Identifier. */
export interface ReplyWaiter {
  /** A datagram with the Identifier came from the server; nothing about it is verified. */
  received(datagram: Uint8Array): void;
  /** The socket is of no use: no reply will come. */
  socketFailed(): void;
}

const RECEIVE_BUFFER_BYTES = 1 << 20;

/**
 * A UDP socket that is connected, so that the kernel lets through only what comes from the server's address and port, and
 * its 256 Identifiers. One that was given back is used again after all others, so that a late reply meets nobody.
 */
export class ConnectedSocket {
  readonly #socket: Socket;
  readonly #waiters: Array<ReplyWaiter | undefined> = [];
  readonly #free = Array.from({ length: IDENTIFIERS }, (_, index) => index);
  readonly #nobodyWaits: () => void;
  #unsent: Uint8Array[] | undefined = [];
  #retired = false;
  #closed = false;

  /** @param nobodyWaits called for a datagram whose Identifier nobody waits for */
  constructor(server: { readonly address: string; readonly port: number }, nobodyWaits: () => void) {
    this.#nobodyWaits = nobodyWaits;
    this.#socket = createSocket({
      type: isIPv6(server.address) ? "udp6" : "udp4",
      recvBufferSize: RECEIVE_BUFFER_BYTES,
    });
    this.#socket.on("message", (datagram) => this.#dispatch(datagram));
    this.#socket.on("connect", () => this.#flush());
    // ICMP comes as an error too. It can be forged, so it moves nothing: time decides.
    this.#socket.on("error", () => this.#failUnlessConnected());
    this.#socket.connect(server.port, server.address, (error?: Error) => {
      if (error !== undefined && error !== null) this.#failUnlessConnected();
    });
  }

  /** Whether it takes requests. */
  get usable(): boolean {
    return !this.#retired && this.#free.length > 0;
  }

  get retired(): boolean {
    return this.#retired;
  }

  /** @returns an Identifier that nobody else has until it is given back; only while {@link usable} */
  take(waiter: ReplyWaiter): number {
    const identifier = this.#free.shift();
    if (identifier === undefined) throw new RangeError("a socket has no Identifier left");
    this.#waiters[identifier] = waiter;
    return identifier;
  }

  giveBack(identifier: number): void {
    this.#waiters[identifier] = undefined;
    this.#free.push(identifier);
    if (this.#retired) this.#closeWhenIdle();
  }

  /** Sends at once, or as soon as the socket is connected. What the network does to a datagram is not known. */
  send(octets: Uint8Array): void {
    if (this.#closed) return;
    if (this.#unsent !== undefined) this.#unsent.push(octets);
    else this.#socket.send(octets, ignoreError);
  }

  /** Takes no more requests, and closes when those under way have ended. */
  retire(): void {
    this.#retired = true;
    this.#closeWhenIdle();
  }

  #dispatch(datagram: Uint8Array): void {
    const waiter = this.#waiters[datagram[1] ?? IDENTIFIERS];
    if (waiter === undefined) this.#nobodyWaits();
    else waiter.received(datagram);
  }

  #flush(): void {
    const unsent = this.#unsent ?? [];
    this.#unsent = undefined;
    for (const octets of unsent) this.send(octets);
  }

  #failUnlessConnected(): void {
    if (this.#unsent === undefined || this.#retired) return;
    this.#retired = true;
    for (const waiter of this.#waiters) waiter?.socketFailed();
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (this.#closed || this.#free.length < IDENTIFIERS) return;
    this.#closed = true;
    this.#socket.close();
  }
}

/** A datagram that could not be sent is one that was lost; it is sent again in time. */
function ignoreError(): void {}
