import type { ExchangeId } from "@portcullis/login";
import type { ClientRules } from "./access-request.js";

/** What the product keeps of: a session's start, end and course, and the start and end of a NAS. RFC 2866 section 5.1. */
export type RecordedStatus = "start" | "stop" | "interim" | "nas-on" | "nas-off";

/** What a client told of a session, or of all sessions of a NAS. Texts are printable, empty where nothing was said. */
export interface AccountingRecord {
  /** Of what the packet says, without what differs from one attempt of the NAS to the next. */
  readonly recordId: string;
  readonly status: RecordedStatus;
  /** NAS-Identifier, else the NAS' address, else the one that the packet came from. */
  readonly nas: string;
  /** Empty when all sessions of the NAS are meant. */
  readonly sessionId: string;
  readonly userName: string;
  readonly station: string;
  readonly calledStation: string;
  readonly framedAddress: string;
  readonly class: Uint8Array;
  readonly inputOctets: bigint;
  readonly outputOctets: bigint;
  readonly seconds: number;
  /** 0 for none. */
  readonly terminateCause: number;
  readonly timing: AccountingTiming;
}

/** What a packet says of when it happened. */
interface AccountingTiming {
  /** How long the NAS has tried to send it. */
  readonly delaySeconds: number;
  /** By the clock of the NAS; undefined when it does not say. */
  readonly eventAtMs: number | undefined;
}

/** An Accounting-Request that its client's secret vouches for, and that waits until it is recorded or the target has it. */
export interface AccountingRequest {
  readonly exchangeId: ExchangeId;
  readonly slot: string;
  readonly client: ClientRules;
  readonly sourceAddress: string;
  /** What its key is made of, besides the client: the user's name, or where there is none, what tells the session. */
  readonly key: { readonly userName: string } | { readonly session: readonly [nas: string, sessionId: string] };
  readonly work:
    | { readonly kind: "record"; readonly record: AccountingRecord }
    /** In clear, for the target. */
    | { readonly kind: "forward"; readonly attributes: Uint8Array };
}

/** The NAS' clock may be this much ahead of ours. */
const MAX_AHEAD_MS = 300_000;
/** A NAS may try, or keep, a record for this long; what says more has no clock. */
const MAX_BEHIND_MS = 7 * 24 * 3_600_000;

/** When it happened, by the NAS' clock where that can be right, else by ours and the delay. RFC 2866 section 5.2. */
export function occurredAtOf({ delaySeconds, eventAtMs }: AccountingTiming, receivedAtMs: number): number {
  if (eventAtMs !== undefined) {
    const behindMs = receivedAtMs - eventAtMs;
    if (behindMs >= -MAX_AHEAD_MS && behindMs <= MAX_BEHIND_MS) return eventAtMs;
  }
  const delayMs = delaySeconds * 1_000;
  return delayMs <= MAX_BEHIND_MS ? receivedAtMs - delayMs : receivedAtMs;
}
