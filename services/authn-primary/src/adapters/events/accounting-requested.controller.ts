import { Controller, Inject } from "@nestjs/common";
import { CLOCK, type Clock, OnEvent, Stages } from "@portcullis/kit";
import type { ExchangeId, UserKey } from "@portcullis/login";
import { type AccountingRequested, AccountingRequestedSchema } from "@portcullis/proto";
import { ForwardAccounting } from "../../application/forward-accounting.js";

const deadlineOf = ({ deadlineMs }: AccountingRequested): number => Number(deadlineMs);

@Controller()
export class AccountingRequestedController {
  readonly #forwardAccounting: ForwardAccounting;
  readonly #clock: Clock;
  readonly #stages: Stages;

  constructor(
    @Inject(ForwardAccounting) forwardAccounting: ForwardAccounting,
    @Inject(CLOCK) clock: Clock,
    @Inject(Stages) stages: Stages,
  ) {
    this.#forwardAccounting = forwardAccounting;
    this.#clock = clock;
    this.#stages = stages;
  }

  @OnEvent(AccountingRequestedSchema, { deadlineMs: deadlineOf })
  async onAccountingRequested(event: AccountingRequested): Promise<void> {
    const startedAt = performance.now();
    const deadlineMs = deadlineOf(event);
    if (this.#clock.nowMs() > deadlineMs) return;
    await this.#forwardAccounting.execute({
      exchangeId: event.exchangeId as ExchangeId,
      userKey: event.userKey as UserKey,
      client: event.client,
      sealedAttributes: event.sealedAttributes,
      deadlineMs,
      keepMs: event.keepMs,
    });
    this.#stages.observe("primary.accounting", startedAt);
  }
}
