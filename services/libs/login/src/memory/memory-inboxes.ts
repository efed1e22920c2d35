import { INBOX_TTL_MS, MAX_INBOX, WAKE_BATCH, type Wake } from "../exchange-store.js";
import type { GatewayId } from "../ids.js";
import { Expiring, type Expiry } from "./expiry.js";

type OnWakes = (wakes: readonly Wake[]) => void;

class Inbox extends Expiring {
  readonly #inboxes: Map<GatewayId, Inbox>;
  readonly #gatewayId: GatewayId;
  wakes: Wake[] = [];
  listener: { readonly onWakes: OnWakes; readonly fail: (error: unknown) => void } | undefined;
  scheduled = false;

  constructor(inboxes: Map<GatewayId, Inbox>, gatewayId: GatewayId) {
    super();
    this.#inboxes = inboxes;
    this.#gatewayId = gatewayId;
  }

  drop(): void {
    this.wakes = [];
    if (this.listener === undefined) this.#inboxes.delete(this.#gatewayId);
  }
}

/** The inboxes of the gateways in memory. What arrives in one turn of the event loop is handed over together. */
export class MemoryInboxes {
  readonly #inboxes = new Map<GatewayId, Inbox>();
  readonly #expiry: Expiry;

  constructor(expiry: Expiry) {
    this.#expiry = expiry;
  }

  push(gatewayId: GatewayId, wake: Wake): void {
    const nowMs = this.#expiry.nowMs();
    const inbox = this.#inbox(gatewayId);
    if (inbox.wakes.length === MAX_INBOX) inbox.wakes.shift();
    inbox.wakes.push(wake);
    if (inbox.listener) this.#schedule(inbox);
    else this.#expiry.keepUntil(inbox, nowMs + INBOX_TTL_MS, nowMs);
  }

  /** Resolves when the signal aborts; rejects when the listener throws, which is its bug. */
  listen(gatewayId: GatewayId, onWakes: OnWakes, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    this.#expiry.sweep(this.#expiry.nowMs());
    return new Promise((resolve, reject) => {
      const inbox = this.#inbox(gatewayId);
      if (inbox.listener) throw new Error("somebody listens for this gateway already");
      const leave = (): void => {
        signal.removeEventListener("abort", leave);
        this.#expiry.forget(inbox);
        this.#inboxes.delete(gatewayId);
        inbox.listener = undefined;
        resolve();
      };
      const fail = (error: unknown): void => {
        reject(error);
        leave();
      };
      signal.addEventListener("abort", leave);
      this.#expiry.forget(inbox);
      inbox.listener = { onWakes, fail };
      this.#schedule(inbox);
    });
  }

  #inbox(gatewayId: GatewayId): Inbox {
    const known = this.#inboxes.get(gatewayId);
    if (known) return known;
    const inbox = new Inbox(this.#inboxes, gatewayId);
    this.#inboxes.set(gatewayId, inbox);
    return inbox;
  }

  #schedule(inbox: Inbox): void {
    if (inbox.scheduled || inbox.wakes.length === 0) return;
    inbox.scheduled = true;
    queueMicrotask(() => deliver(inbox));
  }
}

function deliver(inbox: Inbox): void {
  inbox.scheduled = false;
  const { wakes, listener } = inbox;
  if (listener === undefined) return;
  inbox.wakes = [];
  try {
    for (let from = 0; from < wakes.length; from += WAKE_BATCH) listener.onWakes(wakes.slice(from, from + WAKE_BATCH));
  } catch (error) {
    listener.fail(error);
  }
}
