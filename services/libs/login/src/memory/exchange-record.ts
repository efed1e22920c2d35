import { type ClaimRequest, type DecidedExchange, type ExchangeStatus, MAX_GATEWAYS } from "../exchange-store.js";
import type { ExchangeId, GatewayId } from "../ids.js";
import { Expiring } from "./expiry.js";
import type { Place } from "./memory-shares.js";

/** An exchange in memory. */
export class ExchangeRecord extends Expiring {
  readonly request: ClaimRequest;
  readonly claimedAtMs: number;
  readonly place: Place;
  readonly #records: Map<ExchangeId, ExchangeRecord>;
  state: "waiting" | "decided" | "abandoned" = "waiting";
  /** It has an entry in the due index. */
  isDue: boolean;
  /** Until when it would be kept without that entry. */
  keepUntilMs: number;
  gateways: GatewayId[];
  reply: Uint8Array | undefined;
  outcome: Uint8Array | undefined;

  constructor(
    records: Map<ExchangeId, ExchangeRecord>,
    request: ClaimRequest,
    made: { claimedAtMs: number; keepUntilMs: number; place: Place },
  ) {
    super();
    this.#records = records;
    this.request = request;
    this.claimedAtMs = made.claimedAtMs;
    this.keepUntilMs = made.keepUntilMs;
    this.place = made.place;
    this.isDue = request.startsLogin;
    this.gateways = [request.gatewayId];
  }

  drop(): void {
    this.#records.delete(this.request.exchangeId);
  }

  join(gatewayId: GatewayId): void {
    if (this.gateways.includes(gatewayId)) return;
    // A new array: the old one may be in somebody's hands.
    this.gateways = [...this.gateways.slice(1 - MAX_GATEWAYS), gatewayId];
  }

  decided(first: boolean): DecidedExchange {
    const { reply, outcome, gateways } = this;
    return reply === undefined ? { kind: "unknown" } : { kind: "decided", first, reply, outcome, gateways };
  }

  status(): ExchangeStatus {
    const { reply, outcome, gateways } = this;
    const { context } = this.request;
    if (reply !== undefined) return { kind: "decided", context, reply, outcome, gateways };
    return this.state === "abandoned" ? { kind: "abandoned", context } : { kind: "waiting", context };
  }
}
