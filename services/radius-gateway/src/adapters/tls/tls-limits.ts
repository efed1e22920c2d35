/** What strangers and clients may take of this process over TLS. */
export interface TlsLimits {
  /** From the first octet to the end of the handshake, a PROXY header included. */
  readonly handshakeTimeoutMs: number;
  /** Connections whose handshake has not ended, over all listeners. */
  readonly maxHalfOpen: number;
  /** Of these from one address, proxies excepted: one stranger must not use them all up. */
  readonly maxHalfOpenPerAddress: number;
  readonly maxConnectionsPerClient: number;
  /** A connection without a packet in either direction is closed. */
  readonly idleTimeoutMs: number;
  /** Octets of replies that wait for a client which does not read them. */
  readonly maxUnsentBytes: number;
  /** How often the files of certificate, key and authorities are looked at, for renewed ones. */
  readonly reloadEveryMs: number;
  /** What a client may take to close its side when we have closed ours. */
  readonly closeTimeoutMs: number;
}

export const TLS_LIMITS: TlsLimits = {
  handshakeTimeoutMs: 5_000,
  maxHalfOpen: 256,
  maxHalfOpenPerAddress: 32,
  maxConnectionsPerClient: 16,
  idleTimeoutMs: 900_000,
  maxUnsentBytes: 256 * 1_024,
  reloadEveryMs: 60_000,
  closeTimeoutMs: 1_000,
};
