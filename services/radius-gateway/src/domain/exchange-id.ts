import { hash } from "node:crypto";
import type { ExchangeId } from "@portcullis/login";

const ID_CHARACTERS = 32;

/**
 * The exchange that a packet belongs to: SHA-256 over its source (the address, or the TLS connection) and packet, its first 16 bytes. The same packet from
 * the same address is the same exchange at any gateway and from any port: a retransmission. RFC 5080 section 2.2.2.
 * @param source see {@link exchangeSourceOf}
 * @param octets Code, Identifier, Length, authenticator and attributes, without padding
 */
export function exchangeIdOf(source: string, octets: Uint8Array): ExchangeId {
  const whole = Buffer.allocUnsafe(source.length + 1 + octets.length);
  whole.write(source, "latin1");
  whole[source.length] = 0;
  whole.set(octets, source.length + 1);
  return hash("sha256", whole, "hex").slice(0, ID_CHARACTERS) as ExchangeId;
}

/** Where a packet came from and arrived. */
export interface PacketRoute {
  readonly sourceAddress: string;
  readonly sourcePort: number;
  /** Address and port that it came to: a client may use an Identifier once for each of its servers. */
  readonly listener: string;
  /**
   * The connection that it came over; never that of another connection, at any gateway. Undefined over UDP. Exchanges belong
   * to their connection: nothing is sent again over another one (RFC 6614 section 3.4).
   */
  readonly connection?: string;
}

/** What a packet and its retransmissions share: the address over UDP, the connection else. */
export function exchangeSourceOf(route: PacketRoute): string {
  return route.connection ?? route.sourceAddress;
}

/** What a client may use for one exchange at a time. RFC 2865 section 3. */
export function slotOf(route: PacketRoute, identifier: number): string {
  if (route.connection !== undefined) return `${route.connection}|${identifier}`;
  return `${route.sourceAddress}|${route.sourcePort}|${identifier}|${route.listener}`;
}
