import { HEADER_BYTES, MAX_PACKET_BYTES } from "../packet.js";

/** Code, Identifier and Length: what must be there to know how much is missing. */
const PREFIX_BYTES = 4;

/** The packets that a chunk completed, in order, and whether the stream is broken behind them. */
export interface FramedPackets {
  /** Octets of their own, 20 to 4096 each. */
  readonly packets: readonly Uint8Array[];
  /** A Length below 20 or above 4096: where the next packet begins is unknown, so the connection must be closed. */
  readonly broken: boolean;
}

/**
 * Cuts a stream into packets. RFC 6613 section 2.6.4, RFC 6614 section 3.4:
 *
 *     packet, packet, ...
 *     packet: Code (1), Identifier (1), Length (2, big endian, 20 to 4096, all of the packet), Length - 4 octets
 *
 * It holds at most one unfinished packet, and nothing of the chunks: those are large buffers, and packets wait long.
 */
export class PacketFramer {
  /** The packet under way; its first `#filled` octets are there. */
  readonly #packet = Buffer.alloc(MAX_PACKET_BYTES);
  #filled = 0;
  #broken = false;

  /** Takes the next octets of the stream, however they were cut. Once broken, it takes nothing more. Never throws. */
  push(chunk: Uint8Array): FramedPackets {
    const packets: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length && !this.#broken) {
      at += this.#fill(chunk, at);
      if (this.#filled < PREFIX_BYTES) break;
      const length = this.#packet.readUInt16BE(2);
      if (length < HEADER_BYTES || length > MAX_PACKET_BYTES) this.#broken = true;
      else if (this.#filled === length) {
        packets.push(Uint8Array.from(this.#packet.subarray(0, length)));
        this.#filled = 0;
      }
    }
    return { packets, broken: this.#broken };
  }

  /** Whether a packet has begun and not ended. */
  get midPacket(): boolean {
    return this.#filled > 0;
  }

  /** Copies what the prefix, or then the packet, still needs; returns how much that was. */
  #fill(chunk: Uint8Array, at: number): number {
    const wanted = this.#filled < PREFIX_BYTES ? PREFIX_BYTES : this.#packet.readUInt16BE(2);
    const taken = chunk.subarray(at, at + wanted - this.#filled);
    this.#packet.set(taken, this.#filled);
    this.#filled += taken.length;
    return taken.length;
  }
}
