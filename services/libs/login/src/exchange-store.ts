import type { ExchangeId, GatewayId, UserKey } from "./ids.js";

/** Where an exchange is kept. */
export interface ExchangeRef {
  readonly userKey: UserKey;
  readonly exchangeId: ExchangeId;
}

export interface ClaimRequest extends ExchangeRef {
  /** The front end that wants to be woken. */
  readonly gatewayId: GatewayId;
  /** The RADIUS client's name; slots and the cap are per client. */
  readonly client: string;
  /**
   * Source address, port, Identifier and where it came to: what a client may use for one exchange at a time. The same
   * exchange may come by several ways (a retransmission from another port, or to another gateway) and has the slot of each.
   */
  readonly slot: string;
  /** How long the exchange may wait for its reply. */
  readonly timeLimitMs: number;
  /** The duplicate window: how long a reply, or the mark that there is none to give, is kept after it was stored. */
  readonly keepMs: number;
  /** The most exchanges of this client that may wait or be kept. */
  readonly maxExchanges: number;
  /** Whether the exchange begins a login, so that it must end in an audit row: then it is entered in the due index. */
  readonly startsLogin: boolean;
  /** What the one who ends an overdue login must know; kept with the exchange. */
  readonly context: Uint8Array;
}

export type Claim =
  /** First seen: publish it. */
  | { readonly kind: "new"; readonly claimedAtMs: number }
  /** Under way, here or elsewhere; this gateway is woken too. `ageMs` tells whether it should be published again. */
  | {
      readonly kind: "joined";
      readonly claimedAtMs: number;
      readonly ageMs: number;
      /** That of whoever claimed it first. */
      readonly context: Uint8Array;
    }
  /** Has its reply: send it again. */
  | { readonly kind: "decided"; readonly claimedAtMs: number; readonly reply: Uint8Array }
  /** The client has used the slot for a newer exchange: no answer. */
  | { readonly kind: "abandoned" }
  /** The client's share is used up: no answer, nothing kept. */
  | { readonly kind: "refused" };

export interface ExchangeDecision extends ExchangeRef {
  /** The reply for the waiting gateways. */
  readonly reply: Uint8Array;
  /** The login's end, where this exchange ends a login that never had a challenge; kept until it is published. */
  readonly outcome?: Uint8Array;
  readonly keepMs: number;
}

export type DecidedExchange =
  /** `reply` and `outcome` are the stored ones: those of the first decision. `gateways` wait for it. */
  | {
      readonly kind: "decided";
      readonly first: boolean;
      readonly reply: Uint8Array;
      readonly outcome: Uint8Array | undefined;
      readonly gateways: readonly GatewayId[];
    }
  /** The client gave up on it: nobody may be answered. */
  | { readonly kind: "abandoned" }
  /** No such record (the store has lost it, or its time is over): nobody may be answered. */
  | { readonly kind: "unknown" };

/** What `inspectExchange` finds. */
export type ExchangeStatus =
  | { readonly kind: "waiting"; readonly context: Uint8Array }
  | { readonly kind: "abandoned"; readonly context: Uint8Array }
  | {
      readonly kind: "decided";
      readonly context: Uint8Array;
      readonly reply: Uint8Array;
      readonly outcome: Uint8Array | undefined;
      readonly gateways: readonly GatewayId[];
    }
  | { readonly kind: "unknown" };

/** A reply on its way to a gateway. */
export interface Wake {
  readonly exchangeId: ExchangeId;
  readonly reply: Uint8Array;
}

/** Exchanges: claimed by front ends, decided by the orchestrator. Records carry the tag of the user key. */
export interface ExchangeStore {
  /**
   * Claims an exchange for a gateway. Takes the slot first: the exchange that had it becomes abandoned (its record is
   * marked so, unless it is decided already, when only its slot is lost), and an exchange that lost its slot stays so as
   * long as the slot remembers it (`SLOT_MEMORY`, at least for the duplicate window). A refused one takes no slot.
   * The due entry is written before the record, at the time limit plus `DUE_GRACE_MS`.
   */
  claim(request: ClaimRequest): Promise<Claim>;
  /**
   * Stores the reply of an exchange: the first one wins, whoever comes later gets that one. An abandoned one takes none.
   * From then on the exchange counts against its client's share, and its slot remembers it, for `keepMs` only.
   */
  decideExchange(decision: ExchangeDecision): Promise<DecidedExchange>;
  /** Reads an exchange without changing it. */
  inspectExchange(ref: ExchangeRef): Promise<ExchangeStatus>;
  /** The replies of exchanges that have one, in the order asked (at most `MAX_LOOKUP`): for gateways that fear a lost wake-up. */
  replies(refs: readonly ExchangeRef[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** Puts a reply into the inbox of each gateway and wakes it. An inbox lives for `INBOX_TTL_MS`. */
  wake(gateways: readonly GatewayId[], wake: Wake): Promise<void>;
  /**
   * Delivers what arrives in a gateway's inbox, in batches, until the signal aborts. Goes on by itself when the store was away.
   * A wake-up may be lost or come twice; `replies` and retransmissions are there for that.
   */
  listen(gatewayId: GatewayId, onWakes: (wakes: readonly Wake[]) => void, signal: AbortSignal): Promise<void>;
}

/** How long an unread inbox is kept. */
export const INBOX_TTL_MS = 60_000;
/** The most exchanges asked for in one `replies`. */
export const MAX_LOOKUP = 256;
/** Exchanges that a slot remembers besides the one that has it: a late retransmission of theirs must not take it back. */
export const SLOT_MEMORY = 8;
/** Front ends that may wait for one exchange; a further one takes the place of the oldest. */
export const MAX_GATEWAYS = 8;
/** Unread wake-ups of one gateway; the oldest go first. */
export const MAX_INBOX = 16_384;
/** Wake-ups handed over in one call. */
export const WAKE_BATCH = 256;
