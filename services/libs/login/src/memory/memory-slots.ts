import { type ExchangeRef, SLOT_MEMORY } from "../exchange-store.js";
import type { ExchangeId } from "../ids.js";
import { Expiring, type Expiry } from "./expiry.js";

class Slot extends Expiring {
  readonly #slots: Map<string, Slot>;
  readonly #key: string;
  current: ExchangeRef;
  /** Newest first. */
  lost: ExchangeId[] = [];

  constructor(slots: Map<string, Slot>, key: string, current: ExchangeRef) {
    super();
    this.#slots = slots;
    this.#key = key;
    this.current = current;
  }

  drop(): void {
    this.#slots.delete(this.#key);
  }
}

/** Who has a client's slot, and who lost it. */
export class MemorySlots {
  readonly #slots = new Map<string, Slot>();
  readonly #expiry: Expiry;

  constructor(expiry: Expiry) {
    this.#expiry = expiry;
  }

  /** `mine` and `lost` are said of this exchange; `other`: somebody else has the slot and this exchange is not known to it. */
  look(key: string, exchangeId: ExchangeId, nowMs: number): "free" | "mine" | "lost" | "other" {
    const slot = this.#slots.get(key);
    if (slot === undefined || !slot.aliveAt(nowMs)) return "free";
    if (slot.current.exchangeId === exchangeId) return "mine";
    return slot.lost.includes(exchangeId) ? "lost" : "other";
  }

  /** An exchange has its reply: its slot remembers it, and those before, for the duplicate window only. */
  shorten(key: string, exchangeId: ExchangeId, untilMs: number, nowMs: number): void {
    const slot = this.#slots.get(key);
    if (slot?.aliveAt(nowMs) && slot.current.exchangeId === exchangeId) this.#expiry.keepUntil(slot, untilMs, nowMs);
  }

  /** Takes the slot, or keeps it longer; returns who had it. */
  take(key: string, ref: ExchangeRef, nowMs: number, holdMs: number): ExchangeRef | undefined {
    const known = this.#slots.get(key);
    const untilMs = nowMs + holdMs;
    if (known?.aliveAt(nowMs)) {
      this.#expiry.keepUntil(known, Math.max(known.atMs, untilMs), nowMs);
      if (known.current.exchangeId === ref.exchangeId) return undefined;
      const previous = known.current;
      known.current = ref;
      known.lost.unshift(previous.exchangeId);
      if (known.lost.length > SLOT_MEMORY) known.lost.pop();
      return previous;
    }
    if (known) this.#expiry.forget(known);
    const slot = new Slot(this.#slots, key, ref);
    this.#slots.set(key, slot);
    this.#expiry.keepUntil(slot, untilMs, nowMs);
    return undefined;
  }
}
