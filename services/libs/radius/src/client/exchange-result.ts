import type { Packet } from "../packet.js";
import type { UnbuildableRequest } from "./build-access-request.js";
import type { ReplyFault } from "./verify-reply.js";

/**
 * Why there is no reply. "timeout": none that verified came, see the ignored ones. "unreachable": the network refused the
 * last try (ICMP, no route). "unresolvable": the host's name has no address. "local-address": the local address or port is
 * not to be had. The others: nothing was sent.
 */
export type ExchangeFailure = "timeout" | "unreachable" | "unresolvable" | "local-address" | UnbuildableRequest;

/** How often a datagram was ignored, by reason. */
export type IgnoredReplies = Readonly<Partial<Record<ReplyFault, number>>>;

interface ExchangeTrace {
  /** The request as it was sent, the same octets in every attempt; empty when nothing was sent. */
  readonly requestOctets: Uint8Array;
  /** How often the request was sent. */
  readonly attempts: number;
  /** From the first attempt to the outcome. */
  readonly elapsedMs: number;
  readonly ignored: IgnoredReplies;
}

/** A request and the reply that verified. */
export interface Exchanged extends ExchangeTrace {
  readonly packet: Packet;
  /** The reply without padding. */
  readonly replyOctets: Uint8Array;
}

/** A request without a reply that verified. */
export interface ExchangeFailed extends ExchangeTrace {
  readonly failure: ExchangeFailure;
  /** The system's code, as ECONNREFUSED, where the system said something. */
  readonly systemCode?: string;
}

export type ExchangeResult = Exchanged | ExchangeFailed;

/** Tells a failure from a reply. */
export function isExchangeFailed(result: ExchangeResult): result is ExchangeFailed {
  return "failure" in result;
}

/** A failure before anything was sent. */
export function failedBeforeSending(failure: ExchangeFailure, systemCode?: string): ExchangeFailed {
  const nothing = { failure, requestOctets: new Uint8Array(), attempts: 0, elapsedMs: 0, ignored: {} };
  return systemCode === undefined ? nothing : { ...nothing, systemCode };
}
