import { Counter, Gauge, type Registry } from "prom-client";

/** Why a TLS connection ended, or never came to be: a closed list, and the label of the metric. */
export type ConnectionEnd =
  /** It did not finish its handshake: no TLS, an old version, no certificate, or one of an unknown authority. */
  | "handshake-failed"
  | "handshake-timeout"
  /** More connections without a finished handshake than there may be. */
  | "half-open-limit"
  /** From a listed proxy, without a right header of the PROXY protocol, or one that tells no source. */
  | "proxy-header-wrong"
  /** No client has this certificate. */
  | "client-unknown"
  /** The client has addresses, and this is none of them. */
  | "address-not-allowed"
  | "connection-limit"
  /** A packet after which the stream means nothing. */
  | "packet-broken"
  /** The client is gone, or has another certificate now. */
  | "client-changed"
  /** The client does not read its replies. */
  | "unsent-limit"
  | "idle"
  | "error"
  | "closed-by-client"
  | "closed-by-us";

export interface TransportMetrics {
  readonly connectionsEnded: Counter<"client" | "reason">;
}

/** @param openConnections TLS connections of clients that are open here */
export function createTransportMetrics(registry: Registry, openConnections: () => number): TransportMetrics {
  const registers = [registry];
  const open: Gauge = new Gauge({
    name: "portcullis_radius_connections",
    help: "TLS connections of clients that are open here.",
    registers,
    collect: () => open.set(openConnections()),
  });
  return {
    connectionsEnded: new Counter({
      name: "portcullis_radius_connections_ended_total",
      help: "TLS connections that ended or were refused.",
      labelNames: ["client", "reason"],
      registers,
    }),
  };
}
