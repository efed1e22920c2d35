import type { TlsFiles } from "../tls/tls-credentials.js";

/** An address and port to answer on: a UDP port of one kind of packet, or with `tls` a TCP port of RADIUS/TLS. */
export interface ListenAddress {
  /** IPv4 or IPv6 address. */
  readonly address: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** What a UDP port takes; authentication when left out. */
  readonly kind?: "authentication" | "accounting";
  /** Makes it a TCP port of RADIUS/TLS. */
  readonly tls?: TlsFiles;
  /** Networks (CIDR) whose packets or connections must begin with a header of the PROXY protocol; nobody else's may. */
  readonly proxyProtocol?: readonly string[];
}

/** `address:port`, IPv6 in brackets. */
export function printAddress(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
