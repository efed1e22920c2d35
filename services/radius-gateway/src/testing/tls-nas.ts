import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { PacketFramer } from "@portcullis/radius";

const POLL_MS = 5;

/** A NAS's connection of RADIUS/TLS: sends whatever it is told to, and keeps the packets that come back. For tests. */
export class TlsNas {
  readonly received: Uint8Array[] = [];
  closed = false;
  readonly #socket: TLSSocket;
  readonly #framer = new PacketFramer();

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on("data", (chunk: Uint8Array) => this.received.push(...this.#framer.push(chunk).packets));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.closed = true;
    });
  }

  /** Connects and makes the handshake; with `first`, after sending that (a PROXY header). Rejects when it fails. */
  static async open(
    options: ConnectionOptions & { readonly port: number; readonly first?: Uint8Array },
  ): Promise<TlsNas> {
    const { first, ...rest } = options;
    const raw = connectTcp(options.port, options.host ?? "127.0.0.1");
    await once(raw, "connect");
    if (first !== undefined) raw.write(first);
    const socket = connect({ ...rest, socket: raw, checkServerIdentity: () => undefined });
    await once(socket, "secureConnect");
    return new TlsNas(socket);
  }

  /** The protocol of the application layer that was agreed on; undefined for none. */
  get protocol(): string | undefined {
    return this.#socket.alpnProtocol || undefined;
  }

  get resumed(): boolean {
    return this.#socket.isSessionReused();
  }

  /** The fingerprint of the server's certificate. */
  get serverCertificate(): string | undefined {
    return this.#socket.getPeerX509Certificate()?.fingerprint256;
  }

  /** What another connection may be opened with, to resume the session of this one. */
  session(): { readonly session?: Buffer } {
    const session = this.#socket.getSession();
    return session === undefined ? {} : { session };
  }

  /** Asks for another handshake, over TLS 1.2. Rejects when it is refused. */
  async renegotiate(): Promise<void> {
    const refused = Promise.withResolvers<void>();
    this.#socket.once("close", () => refused.reject(new Error("closed")));
    this.#socket.renegotiate({}, (error) => (error === null ? refused.resolve() : refused.reject(error)));
    await refused.promise;
  }

  send(octets: Uint8Array): void {
    this.#socket.write(octets);
  }

  /** Waits until `count` packets have come in all, at most `timeoutMs`, and gives all that came. */
  async replies(count: number, timeoutMs = 10_000): Promise<readonly Uint8Array[]> {
    await this.#until(() => this.received.length >= count, timeoutMs);
    return this.received;
  }

  /** Whether the other side has closed the connection within `timeoutMs`. */
  async closes(timeoutMs = 10_000): Promise<boolean> {
    await this.#until(() => this.closed, timeoutMs);
    return this.closed;
  }

  /** Reads no more, so that what is sent here piles up at the other side. */
  pause(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }

  async #until(holds: () => boolean, timeoutMs: number): Promise<void> {
    const until = performance.now() + timeoutMs;
    while (!holds() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** A TCP connection that says nothing by itself. */
export async function openTcp(port: number): Promise<Socket> {
  const socket = connectTcp(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}
