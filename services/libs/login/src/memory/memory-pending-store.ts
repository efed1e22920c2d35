import type { Clock } from "@portcullis/kit";
import {
  type Claim,
  type ClaimRequest,
  type DecidedExchange,
  type ExchangeDecision,
  type ExchangeRef,
  type ExchangeStatus,
  MAX_LOOKUP,
  type Wake,
} from "../exchange-store.js";
import type { GatewayId, LoginId, UserId } from "../ids.js";
import {
  type Advanced,
  type AnswerCheck,
  type AnswerRequest,
  type Expired,
  type Finished,
  type FinishRequest,
  type HeldLogins,
  type LoginRef,
  type LoginStatus,
  type NextRound,
  type Noted,
  type Opened,
  type OpenRequest,
  type RecallRequest,
  type Refused,
  type Reserved,
  type Settled,
  type Settlement,
  type Waiting,
  type WaitingBytes,
} from "../login-store.js";
import { type DueEntry, type ObsoleteEntry, type PendingStore } from "../pending-store.js";
import { Expiry } from "./expiry.js";
import { MemoryDueIndex } from "./memory-due-index.js";
import { MemoryExchanges } from "./memory-exchanges.js";
import { MemoryInboxes } from "./memory-inboxes.js";
import { MemoryLogins } from "./memory-logins.js";

/**
 * The pending store of the embedded mode: plain maps of one process, on that process' clock. Every call is done when it
 * returns, so each is atomic by itself; nothing outlives the process.
 */
export class MemoryPendingStore implements PendingStore {
  readonly #expiry: Expiry;
  readonly #dueIndex = new MemoryDueIndex();
  readonly #exchanges: MemoryExchanges;
  readonly #logins: MemoryLogins;
  readonly #inboxes: MemoryInboxes;
  readonly #closed = new AbortController();

  constructor(clock: Clock) {
    this.#expiry = new Expiry(clock);
    this.#exchanges = new MemoryExchanges(this.#expiry, this.#dueIndex);
    this.#logins = new MemoryLogins(this.#expiry, this.#dueIndex);
    this.#inboxes = new MemoryInboxes(this.#expiry);
  }

  /** Everything that is kept, entries of the due index included. */
  get recordCount(): number {
    return this.#expiry.size + this.#dueIndex.size + this.#logins.userCount;
  }

  async claim(request: ClaimRequest): Promise<Claim> {
    return this.#exchanges.claim(request);
  }

  async decideExchange(decision: ExchangeDecision): Promise<DecidedExchange> {
    return this.#exchanges.decide(decision);
  }

  async inspectExchange(ref: ExchangeRef): Promise<ExchangeStatus> {
    return this.#exchanges.inspect(ref);
  }

  async replies(refs: readonly ExchangeRef[]): Promise<readonly (Uint8Array | undefined)[]> {
    if (refs.length > MAX_LOOKUP) throw new RangeError(`more than ${MAX_LOOKUP} replies asked for`);
    return this.#exchanges.replies(refs);
  }

  async wake(gateways: readonly GatewayId[], wake: Wake): Promise<void> {
    for (const gatewayId of gateways) this.#inboxes.push(gatewayId, wake);
  }

  listen(gatewayId: GatewayId, onWakes: (wakes: readonly Wake[]) => void, signal: AbortSignal): Promise<void> {
    return this.#inboxes.listen(gatewayId, onWakes, AbortSignal.any([signal, this.#closed.signal]));
  }

  async open(request: OpenRequest): Promise<Opened> {
    return this.#logins.open(request);
  }

  async reserve(request: AnswerRequest): Promise<Reserved> {
    return this.#logins.reserve(request);
  }

  async settle(settlement: Settlement): Promise<Settled> {
    return this.#logins.settle(settlement);
  }

  async release(request: AnswerCheck): Promise<void> {
    this.#logins.release(request);
  }

  async finish(request: FinishRequest): Promise<Finished> {
    return this.#logins.finish(request);
  }

  async advance(request: LoginRef & NextRound & { readonly fromRound: number }): Promise<Advanced> {
    return this.#logins.advance(request);
  }

  async note(request: LoginRef & { readonly round: number; readonly challenge: Uint8Array }): Promise<Noted> {
    return this.#logins.note(request);
  }

  async wait(
    request: LoginRef & { readonly round: number; readonly exchange: WaitingBytes; readonly untilMs: number },
  ): Promise<Waiting> {
    return this.#logins.wait(request);
  }

  async recall(request: RecallRequest): Promise<string | undefined> {
    return this.#logins.recall(request);
  }

  async refuse(request: LoginRef & { readonly outcome: Uint8Array; readonly keepMs: number }): Promise<Refused> {
    return this.#logins.refuse(request);
  }

  async held(limit: number): Promise<HeldLogins> {
    return this.#logins.held(limit);
  }

  async findHeld(loginId: LoginId): Promise<LoginRef | undefined> {
    return this.#logins.findHeld(loginId);
  }

  async openLogins(userId: UserId): Promise<readonly LoginRef[]> {
    return this.#logins.openLogins(userId);
  }

  async inspectLogin(ref: LoginRef): Promise<LoginStatus> {
    return this.#logins.inspect(ref);
  }

  async expire(request: LoginRef & { readonly keepMs: number }): Promise<Expired> {
    return this.#logins.expire(request);
  }

  async due(limit: number, leaseMs: number): Promise<readonly DueEntry[]> {
    return this.#dueIndex.take(this.#expiry.nowMs(), limit, leaseMs);
  }

  async removeDue(entries: readonly ObsoleteEntry[]): Promise<void> {
    for (const entry of entries) {
      this.#dueIndex.remove(entry);
      if (entry.kind === "exchange") this.#exchanges.published(entry);
      else this.#logins.published(entry);
    }
  }

  async timeMs(): Promise<number> {
    return this.#expiry.nowMs();
  }

  async close(): Promise<void> {
    this.#closed.abort();
  }
}
