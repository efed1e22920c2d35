import type { TLSSocket } from "node:tls";
import { PacketFramer } from "@portcullis/radius";
import type { ConnectionEnd } from "../prometheus/transport-metrics.js";
import type { RadiusClient } from "../radius/radius-client.js";
import type { RadiusServer } from "../radius/radius-server.js";
import type { Sender } from "../radius/sender.js";
import { receiveRadius11 } from "./receive-radius-1-1.js";
import type { TlsLimits } from "./tls-limits.js";

/** What a connection is, once its handshake has ended and its client is known. */
export interface ConnectionOptions {
  /** Unique over all gateways and their lives: exchanges belong to it. */
  readonly id: string;
  readonly socket: TLSSocket;
  readonly sourceAddress: string;
  readonly sourcePort: number;
  readonly listener: string;
  readonly limits: Pick<TlsLimits, "idleTimeoutMs" | "maxUnsentBytes" | "closeTimeoutMs">;
  /** Whether it was agreed to speak RADIUS/1.1 (RFC 9765). */
  readonly radius11: boolean;
  readonly server: Pick<RadiusServer, "receiveOverTls" | "discard">;
  /** Whose connection it is now; undefined when it is nobody's any more. */
  readonly clientNow: () => RadiusClient | undefined;
  /** Whether packets are taken; those that come before are dropped, as over UDP. */
  readonly isServing: () => boolean;
  readonly onEnd: (reason: ConnectionEnd) => void;
}

/**
 * One TLS connection of a client: packets in, replies out, until either side ends it. RFC 6614 sections 2.1 and 3.4. Replies
 * that are ready after its end are dropped; nothing of it lives on.
 */
export class TlsConnection {
  readonly #options: ConnectionOptions;
  readonly #framer = new PacketFramer();
  readonly #sender: Sender;
  #reason: ConnectionEnd | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { id, socket, sourceAddress, sourcePort, listener, limits } = options;
    const reply = (octets: Uint8Array) => this.#send(octets);
    this.#sender = { port: "tls", sourceAddress, sourcePort, listener, connection: id, reply };
    socket.setNoDelay(true);
    socket.setTimeout(limits.idleTimeoutMs, () => this.close("idle"));
    socket.on("data", (chunk: Uint8Array) => this.#take(chunk));
    socket.on("error", () => this.#break("error"));
    socket.on("end", () => this.close("closed-by-client"));
    socket.on("close", () => this.#options.onEnd(this.#reason ?? "closed-by-client"));
  }

  /** Says goodbye, what is written already included; then the client has a moment to close its side. */
  close(reason: ConnectionEnd): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    const { socket, limits } = this.#options;
    socket.end();
    socket.setTimeout(limits.closeTimeoutMs, () => socket.destroy());
  }

  /** Ends it at once. */
  #break(reason: ConnectionEnd): void {
    this.#reason ??= reason;
    this.#options.socket.destroy();
  }

  #take(chunk: Uint8Array): void {
    if (this.#reason !== undefined) return;
    const { clientNow, isServing } = this.#options;
    const { packets, broken } = this.#framer.push(chunk);
    for (const packet of packets) {
      if (this.#reason !== undefined) return;
      const client = clientNow();
      if (client === undefined) this.#break("client-changed");
      else if (isServing() && this.#breaks(packet, client)) this.#break("packet-broken");
    }
    if (broken) this.#break("packet-broken");
  }

  #breaks(packet: Uint8Array, client: RadiusClient): boolean {
    const { server, radius11 } = this.#options;
    if (radius11) return receiveRadius11(packet, client, { server, sender: this.#sender });
    return server.receiveOverTls(packet, client, this.#sender) !== undefined;
  }

  #send(octets: Uint8Array): void {
    const { socket, limits } = this.#options;
    if (this.#reason !== undefined || !socket.writable) return;
    socket.write(octets);
    // A client that asks and never reads would fill our memory with its replies.
    if (socket.writableLength > limits.maxUnsentBytes) this.#break("unsent-limit");
  }
}
