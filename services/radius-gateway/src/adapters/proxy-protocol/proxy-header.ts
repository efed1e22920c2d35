import { isIPv4 } from "node:net";
import { sourceAddressOf } from "../ipaddr/parse-address.js";

/** Carriage return, line feed and what no other protocol begins with. */
const SIGNATURE = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
const FIXED_BYTES = 16;
const VERSION = 2;
/** The longest header that is taken over a stream; the largest address block has 216 octets, the rest is TLVs. */
export const MAX_HEADER_BYTES = 2_048;
const TLV_BYTES = 3;

const COMMANDS: Readonly<Record<number, ProxyHeader["command"]>> = { 0: "local", 1: "proxy" };
const TRANSPORTS: Readonly<Record<number, Transport>> = { 0: "unspecified", 1: "stream", 2: "datagram" };

/** Octets of the address block by address family: none, IPv4, IPv6, Unix. */
const BLOCK_BYTES: Readonly<Record<number, number>> = { 0: 0, 1: 12, 2: 36, 3: 216 };
const IPV4 = 1;
const IPV6 = 2;

type Transport = "unspecified" | "stream" | "datagram";

/** A whole header in front of what was sent. */
export interface ProxyHeader {
  /** `local`: the proxy speaks for itself (its health check); the addresses do not count. */
  readonly command: "local" | "proxy";
  readonly transport: Transport;
  /** Who sent it to the proxy. Undefined where the proxy tells none: local, unspecified, Unix. */
  readonly source: ProxiedSource | undefined;
  /** Octets of the header; what was sent begins there. */
  readonly lengthBytes: number;
}

export interface ProxiedSource {
  /** IPv4, or IPv6 as the system writes it; an IPv4 address inside IPv6 is that IPv4 address. */
  readonly address: string;
  readonly port: number;
}

/** `incomplete`: right so far; more octets may make it a header. */
export type ProxyHeaderFault = "incomplete" | "malformed";

/**
 * Reads a header of the PROXY protocol, version 2 (its specification, section 2.2):
 *
 *     signature (12), version (4 bits, 2) and command (4 bits), family (4 bits) and transport (4 bits), length (2, big endian)
 *     address block, by family: none; IPv4: source (4), destination (4), ports (2, 2); IPv6: 16, 16, 2, 2; Unix: 108, 108
 *     TLVs up to the length: type (1), length (2), value; skipped, but their lengths must add up
 *
 * Pure. @param octets from the first one on; never throws for any of them
 */
export function parseProxyHeader(octets: Uint8Array): ProxyHeader | ProxyHeaderFault {
  const bytes = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  const known = Math.min(bytes.length, SIGNATURE.length);
  if (bytes.compare(SIGNATURE, 0, known, 0, known) !== 0) return "malformed";
  if (bytes.length < FIXED_BYTES) return "incomplete";
  const command = COMMANDS[bytes.readUInt8(12) & 0x0f];
  const family = bytes.readUInt8(13) >> 4;
  const transport = TRANSPORTS[bytes.readUInt8(13) & 0x0f];
  const blockBytes = BLOCK_BYTES[family];
  const lengthBytes = FIXED_BYTES + bytes.readUInt16BE(14);
  if (bytes.readUInt8(12) >> 4 !== VERSION || command === undefined) return "malformed";
  if (transport === undefined || blockBytes === undefined || lengthBytes > MAX_HEADER_BYTES) return "malformed";
  // A receiver of LOCAL must skip whatever follows, addresses or not.
  if (command === "proxy" && lengthBytes < FIXED_BYTES + blockBytes) return "malformed";
  if (bytes.length < lengthBytes) return "incomplete";
  const header = bytes.subarray(0, lengthBytes);
  if (command === "local") return { command, transport, source: undefined, lengthBytes };
  if (family !== 0 && !tlvsAddUp(header, FIXED_BYTES + blockBytes)) return "malformed";
  return { command, transport, source: sourceIn(header, family), lengthBytes };
}

function tlvsAddUp(header: Buffer, start: number): boolean {
  let at = start;
  while (at + TLV_BYTES <= header.length) at += TLV_BYTES + header.readUInt16BE(at + 1);
  return at === header.length;
}

function sourceIn(header: Buffer, family: number): ProxiedSource | undefined {
  if (family === IPV4) {
    const address = header.subarray(16, 20).join(".");
    return isIPv4(address) ? { address, port: header.readUInt16BE(24) } : undefined;
  }
  if (family !== IPV6) return undefined;
  return { address: sourceAddressOf(header.subarray(16, 32)), port: header.readUInt16BE(48) };
}
