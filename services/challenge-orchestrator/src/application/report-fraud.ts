import type { Clock, KeyedDigest } from "@portcullis/kit";
import type { LoginRef, WaitingExchange } from "@portcullis/login";
import type { Clients, FraudEvents } from "./ports.js";

export interface ReportFraudParts {
  readonly events: FraudEvents;
  readonly clients: Clients;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
}

/** A user said during a call, or in a text, that a login was not hers: the report is kept before anybody thanks her. */
export class ReportFraud {
  readonly #parts: ReportFraudParts;

  constructor(parts: ReportFraudParts) {
    this.#parts = parts;
  }

  async execute({
    userId,
    loginId,
    opening,
    channel,
  }: LoginRef & { readonly opening: WaitingExchange; readonly channel: "call" | "text" }): Promise<void> {
    const { events, clients, digest, clock } = this.#parts;
    const { context } = opening;
    await events.fraudReported({
      reportId: digest.hex("fraud report", loginId, userId),
      userId,
      context,
      application: clients.find(context.client)?.application ?? context.client,
      channel,
      reportedAtMs: clock.nowMs(),
    });
  }
}
