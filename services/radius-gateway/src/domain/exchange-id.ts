import { hash } from "node:crypto";
import type { ExchangeId } from "@portcullis/login";

const ID_CHARACTERS = 32;

/**
 * The exchange that a packet belongs to: SHA-256 over source address and packet, its first 16 bytes. The same packet from
 * the same address is the same exchange at any gateway and from any port: a retransmission. RFC 5080 section 2.2.2.
 * @param octets Code, Identifier, Length, authenticator and attributes, without padding
 */
export function exchangeIdOf(sourceAddress: string, octets: Uint8Array): ExchangeId {
  const whole = Buffer.allocUnsafe(sourceAddress.length + 1 + octets.length);
  whole.write(sourceAddress, "latin1");
  whole[sourceAddress.length] = 0;
  whole.set(octets, sourceAddress.length + 1);
  return hash("sha256", whole, "hex").slice(0, ID_CHARACTERS) as ExchangeId;
}

/** Where a packet came from and arrived. */
export interface PacketRoute {
  readonly sourceAddress: string;
  readonly sourcePort: number;
  /** Address and port that it came to: a client may use an Identifier once for each of its servers. */
  readonly listener: string;
}

/** What a client may use for one exchange at a time. RFC 2865 section 3. */
export function slotOf(route: PacketRoute, identifier: number): string {
  return `${route.sourceAddress}|${route.sourcePort}|${identifier}|${route.listener}`;
}
