import type {
  Claim,
  ClaimRequest,
  DecidedExchange,
  ExchangeDecision,
  ExchangeRef,
  ExchangeStatus,
  ExchangeStore,
  GatewayId,
  Wake,
} from "@portcullis/login";
import type { Handlers, Peer } from "./peer.js";

type OnWakes = (wakes: readonly Wake[]) => void;

/** The exchanges of a pending store that another thread owns. Wake-ups come by the handler of `wakesOf`. */
export class RemoteExchangeStore implements ExchangeStore {
  readonly #peer: Peer;
  readonly #wakes: WakeHandlers;

  constructor(peer: Peer, wakes: WakeHandlers) {
    this.#peer = peer;
    this.#wakes = wakes;
  }

  claim(request: ClaimRequest): Promise<Claim> {
    return this.#peer.call("claim", request) as Promise<Claim>;
  }

  decideExchange(decision: ExchangeDecision): Promise<DecidedExchange> {
    return this.#peer.call("decideExchange", decision) as Promise<DecidedExchange>;
  }

  inspectExchange(ref: ExchangeRef): Promise<ExchangeStatus> {
    return this.#peer.call("inspectExchange", ref) as Promise<ExchangeStatus>;
  }

  /** References only: what a caller hangs onto them does not travel. */
  replies(refs: readonly ExchangeRef[]): Promise<readonly (Uint8Array | undefined)[]> {
    const asked = refs.map(({ userKey, exchangeId }) => ({ userKey, exchangeId }));
    return this.#peer.call("replies", asked) as Promise<readonly (Uint8Array | undefined)[]>;
  }

  async wake(gateways: readonly GatewayId[], wake: Wake): Promise<void> {
    await this.#peer.call("wake", gateways, wake);
  }

  async listen(gatewayId: GatewayId, onWakes: OnWakes, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const broken = Promise.withResolvers<never>();
    this.#wakes.set(gatewayId, (wakes) => {
      try {
        onWakes(wakes);
      } catch (error) {
        broken.reject(error); // A bug of the listener's, and its caller's to hear of.
      }
    });
    const leave = (): void => this.#peer.tell("deafen", gatewayId);
    signal.addEventListener("abort", leave, { once: true });
    try {
      await Promise.race([this.#peer.call("listen", gatewayId), broken.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
      leave();
      this.#wakes.delete(gatewayId);
    }
  }
}

/** Who listens for which gateway, in the thread that is woken. */
export class WakeHandlers extends Map<GatewayId, OnWakes> {
  /** For the peer of the thread that is woken. */
  handlers(): Handlers {
    return { wakes: (gatewayId: GatewayId, wakes: readonly Wake[]) => this.get(gatewayId)?.(wakes) };
  }
}

/** What the thread that owns the store answers to. `peer` is asked for late, since these are made before it. */
export function exchangeStoreHandlers(store: ExchangeStore, peer: () => Peer): Handlers {
  const listeners = new Map<GatewayId, AbortController>();
  return {
    claim: (request: ClaimRequest) => store.claim(request),
    decideExchange: (decision: ExchangeDecision) => store.decideExchange(decision),
    inspectExchange: (ref: ExchangeRef) => store.inspectExchange(ref),
    replies: (refs: readonly ExchangeRef[]) => store.replies(refs),
    wake: (gateways: readonly GatewayId[], wake: Wake) => store.wake(gateways, wake),
    listen: async (gatewayId: GatewayId) => {
      const leaving = new AbortController();
      listeners.set(gatewayId, leaving);
      await store.listen(gatewayId, (wakes) => peer().tell("wakes", gatewayId, wakes), leaving.signal);
    },
    deafen: (gatewayId: GatewayId) => {
      listeners.get(gatewayId)?.abort();
      listeners.delete(gatewayId);
    },
  };
}
