import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

const POLL_MS = 5;

/** A NAS's socket: sends whatever it is told to from one port, and keeps what comes back. For tests. */
export class UdpNas {
  readonly received: Buffer[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (datagram) => this.received.push(datagram));
  }

  static async open(address = "127.0.0.1"): Promise<UdpNas> {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    socket.bind(0, address);
    await once(socket, "listening");
    return new UdpNas(socket);
  }

  send(octets: Uint8Array, port: number, address = this.#socket.address().address): void {
    this.#socket.send(octets, port, address);
  }

  /** Waits until `count` datagrams have come in all, at most `timeoutMs`, and gives all that came. */
  async replies(count: number, timeoutMs = 10_000): Promise<readonly Buffer[]> {
    const until = performance.now() + timeoutMs;
    while (this.received.length < count && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return this.received;
  }

  close(): void {
    this.#socket.close();
  }
}
