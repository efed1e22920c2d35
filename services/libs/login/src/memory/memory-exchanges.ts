import {
  type Claim,
  type ClaimRequest,
  type DecidedExchange,
  type ExchangeDecision,
  type ExchangeRef,
  type ExchangeStatus,
} from "../exchange-store.js";
import type { ExchangeId } from "../ids.js";
import { OVERDUE_KEEP_MS } from "../pending-store.js";
import { ExchangeRecord } from "./exchange-record.js";
import type { Expiry } from "./expiry.js";
import type { MemoryDueIndex } from "./memory-due-index.js";
import { MemoryShares } from "./memory-shares.js";
import { MemorySlots } from "./memory-slots.js";

/** Exchanges in memory. Each call runs to its end without a pause, so there is nothing to repair. */
export class MemoryExchanges {
  readonly #records = new Map<ExchangeId, ExchangeRecord>();
  readonly #expiry: Expiry;
  readonly #due: MemoryDueIndex;
  readonly #slots: MemorySlots;
  readonly #shares: MemoryShares;

  constructor(expiry: Expiry, due: MemoryDueIndex) {
    this.#expiry = expiry;
    this.#due = due;
    this.#slots = new MemorySlots(expiry);
    this.#shares = new MemoryShares(expiry);
  }

  claim(request: ClaimRequest): Claim {
    const nowMs = this.#expiry.nowMs();
    const slotKey = slotKeyOf(request);
    const slot = this.#slots.look(slotKey, request.exchangeId, nowMs);
    if (slot === "lost") return { kind: "abandoned" };
    const record = this.#find(request, nowMs);
    if (record) {
      // A record of this slot, which is another's by now, had it once, and the slot has forgotten so. A record of another
      // slot has come by another way before: whoever had the slot here loses it, as with any newer request.
      const isLost = record.state === "abandoned" || slotKeyOf(record.request) === slotKey;
      if (slot === "other" && isLost) return { kind: "abandoned" };
      return this.#claimAgain(record, request, slotKey, nowMs);
    }
    if (!this.#shares.hasRoom(request.client, request.maxExchanges, nowMs)) return { kind: "refused" };
    const holdMs = request.timeLimitMs + request.keepMs;
    const previous = this.#slots.take(slotKey, refOf(request), nowMs, holdMs);
    if (previous) this.#abandon(previous, nowMs);
    this.#create(request, nowMs);
    return { kind: "new", claimedAtMs: nowMs };
  }

  decide(decision: ExchangeDecision): DecidedExchange {
    const nowMs = this.#expiry.nowMs();
    const record = this.#find(decision, nowMs);
    if (record === undefined) return { kind: "unknown" };
    if (record.state === "abandoned") return { kind: "abandoned" };
    if (record.state === "decided") return record.decided(false);
    record.state = "decided";
    record.reply = decision.reply;
    record.outcome = decision.outcome;
    // Without an outcome the login goes on, and nobody will ask this exchange how it ended.
    this.#end(record, decision.keepMs, nowMs, record.isDue && record.outcome !== undefined);
    this.#slots.shorten(slotKeyOf(record.request), decision.exchangeId, record.keepUntilMs, nowMs);
    return record.decided(true);
  }

  inspect(ref: ExchangeRef): ExchangeStatus {
    return this.#find(ref, this.#expiry.nowMs())?.status() ?? { kind: "unknown" };
  }

  replies(refs: readonly ExchangeRef[]): (Uint8Array | undefined)[] {
    const nowMs = this.#expiry.nowMs();
    return refs.map((ref) => this.#find(ref, nowMs)?.reply);
  }

  /** Its end is published, or it is another's to publish. */
  published(ref: ExchangeRef): void {
    const nowMs = this.#expiry.nowMs();
    const record = this.#find(ref, nowMs);
    if (!record?.isDue) return;
    record.isDue = false;
    this.#expiry.keepUntil(record, record.keepUntilMs, nowMs);
  }

  #claimAgain(record: ExchangeRecord, request: ClaimRequest, slotKey: string, nowMs: number): Claim {
    const { claimedAtMs, reply, state } = record;
    const previous = this.#slots.take(slotKey, refOf(request), nowMs, request.timeLimitMs + request.keepMs);
    if (previous) this.#abandon(previous, nowMs);
    if (state === "abandoned") return { kind: "abandoned" };
    if (reply !== undefined) return { kind: "decided", claimedAtMs, reply };
    record.join(request.gatewayId);
    return { kind: "joined", claimedAtMs, ageMs: nowMs - claimedAtMs, context: record.request.context };
  }

  #create(request: ClaimRequest, nowMs: number): void {
    const stale = this.#records.get(request.exchangeId);
    if (stale) this.#expiry.forget(stale);
    const keepUntilMs = nowMs + request.timeLimitMs + request.keepMs;
    const place = this.#shares.add(request.client, keepUntilMs, nowMs);
    const record = new ExchangeRecord(this.#records, request, { claimedAtMs: nowMs, keepUntilMs, place });
    this.#records.set(request.exchangeId, record);
    if (request.startsLogin) this.#due.addExchange(request, nowMs + request.timeLimitMs);
    this.#expiry.keepUntil(record, keepUntilMs + (request.startsLogin ? OVERDUE_KEEP_MS : 0), nowMs);
  }

  #abandon(ref: ExchangeRef, nowMs: number): void {
    const record = this.#find(ref, nowMs);
    if (record?.state !== "waiting") return;
    record.state = "abandoned";
    this.#end(record, record.request.keepMs, nowMs, record.isDue);
  }

  #end(record: ExchangeRecord, keepMs: number, nowMs: number, overdueToo: boolean): void {
    record.keepUntilMs = nowMs + keepMs;
    this.#shares.shorten(record.place, record.keepUntilMs, nowMs);
    const untilMs = overdueToo ? Math.max(record.keepUntilMs, nowMs + OVERDUE_KEEP_MS) : record.keepUntilMs;
    this.#expiry.keepUntil(record, untilMs, nowMs);
  }

  #find(ref: ExchangeRef, nowMs: number): ExchangeRecord | undefined {
    const record = this.#records.get(ref.exchangeId);
    return record?.aliveAt(nowMs) && record.request.userKey === ref.userKey ? record : undefined;
  }
}

function slotKeyOf({ client, slot }: ClaimRequest): string {
  return `${client}\n${slot}`;
}

/** The slot outlives the record, so it must not hold on to its context. */
function refOf({ userKey, exchangeId }: ExchangeRef): ExchangeRef {
  return { userKey, exchangeId };
}
