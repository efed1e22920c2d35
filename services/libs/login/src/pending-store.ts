import { Unavailable } from "@portcullis/kit";
import type { ExchangeRef, ExchangeStore } from "./exchange-store.js";
import type { LoginRef, LoginStore } from "./login-store.js";

/**
 * What is pending: exchanges that wait for a reply, logins that wait for an answer, and when each is due.
 *
 * Three ports, one store. Every step is atomic and repeatable: called again with the same ids it gives the first result
 * again, so that a redelivered event does everything after it once more and nothing twice. Everything has a time to live.
 * All times are milliseconds since 1970 on the store's own clock. Any call rejects with `StoreUnavailable` when the store
 * is away: nobody may conclude anything from that.
 *
 * Byte fields (`context`, `reply`, `outcome`, `prompt`) are opaque here; what must stay secret or unforgeable is sealed
 * by the caller, who does not change the bytes afterwards. A returned byte field never shares memory that a later call
 * changes. Ids and user keys hold no white space and no braces.
 *
 * How long a record is kept: while it may wait, and `keepMs` from its end on. One that has a due entry and whose end is
 * not published yet (`removeDue` was not called) is kept for `OVERDUE_KEEP_MS`, so that an outage loses no audit row.
 */
export interface PendingStore extends ExchangeStore, LoginStore, DueIndex {
  /** The store's clock. */
  timeMs(): Promise<number>;
  close(): Promise<void>;
}

/** Thrown (rejected with) when the store can't be reached or answers with an error of its own. */
export class StoreUnavailable extends Unavailable {
  override readonly name = "StoreUnavailable";
}

/** What may be overdue. */
export type DueEntry = ({ readonly kind: "exchange" } & ExchangeRef) | ({ readonly kind: "login" } & LoginRef);

/** `goesOn`: its login goes on under another entry, so its record has nothing to be kept for. */
export type ObsoleteEntry = DueEntry & { readonly goesOn?: boolean };

/** When each login must have ended; an entry is made by `claim` or `open` and stays until its `LoginDecided` is published, so that a crash loses no audit row. */
export interface DueIndex {
  /** Entries past their time (at most `limit`), leased for `leaseMs`: nobody else gets them until then. */
  due(limit: number, leaseMs: number): Promise<readonly DueEntry[]>;
  /** The login's end is published, or it goes on under another entry: its record may go when its `keepMs` are over. */
  removeDue(entries: readonly ObsoleteEntry[]): Promise<void>;
}

/** How long after its time an entry becomes due: the live handlers come first. */
export const DUE_GRACE_MS = 2_000;
/** Shards of the due index, so that on Redis Cluster it is spread. */
export const DUE_SHARDS = 4;
/** How long a record with a due entry is kept past its time, or after its end, when nobody publishes it. */
export const OVERDUE_KEEP_MS = 3_600_000;
