import { type ExchangeRef } from "../exchange-store.js";
import { type LoginRef } from "../login-store.js";
import { DUE_GRACE_MS, type DueEntry } from "../pending-store.js";
import { placeOf } from "./login-record.js";
import { Timed, TimeWheel } from "./time-wheel.js";

class DueNode extends Timed {
  readonly entry: DueEntry;

  constructor(entry: DueEntry) {
    super();
    this.entry = entry;
  }
}

/** The due index in memory. */
export class MemoryDueIndex {
  readonly #wheel = new TimeWheel<DueNode>();
  readonly #exchanges = new Map<string, DueNode>();
  readonly #logins = new Map<string, DueNode>();

  get size(): number {
    return this.#wheel.size;
  }

  /** An entry that is there stays as it is, lease included. */
  addExchange({ userKey, exchangeId }: ExchangeRef, atMs: number): void {
    if (this.#exchanges.has(exchangeId)) return;
    const node = new DueNode({ kind: "exchange", userKey, exchangeId });
    this.#exchanges.set(exchangeId, node);
    this.#wheel.place(node, atMs + DUE_GRACE_MS);
  }

  addLogin({ userId, loginId }: LoginRef, atMs: number): void {
    const place = placeOf({ userId, loginId });
    if (this.#logins.has(place)) return;
    const node = new DueNode({ kind: "login", userId, loginId });
    this.#logins.set(place, node);
    this.#wheel.place(node, atMs + DUE_GRACE_MS);
  }

  /** An entry that is there becomes due by then, if not before. */
  sooner(ref: LoginRef, atMs: number): void {
    const node = this.#logins.get(placeOf(ref));
    if (node !== undefined && atMs + DUE_GRACE_MS < node.atMs) this.#wheel.place(node, atMs + DUE_GRACE_MS);
  }

  take(nowMs: number, limit: number, leaseMs: number): DueEntry[] {
    const nodes = this.#wheel.take(nowMs, limit);
    for (const node of nodes) this.#wheel.place(node, nowMs + leaseMs);
    return nodes.map((node) => node.entry);
  }

  remove(entry: DueEntry): void {
    const nodes = entry.kind === "exchange" ? this.#exchanges : this.#logins;
    const id = entry.kind === "exchange" ? entry.exchangeId : placeOf(entry);
    const node = nodes.get(id);
    if (node === undefined) return;
    nodes.delete(id);
    this.#wheel.remove(node);
  }
}
