import type { PacketRoute } from "../../domain/exchange-id.js";

/** What a packet came to: a UDP port of one kind of packet, or a TLS connection, which takes all kinds. */
export type PortKind = "authentication" | "accounting" | "tls";

/** Who sent a packet; the reply leaves from the socket that it came to. */
export interface Sender extends PacketRoute {
  readonly port: PortKind;
  /** Over a connection that is gone it does nothing. */
  reply(octets: Uint8Array): void;
}
