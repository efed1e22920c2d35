import { Controller, Inject } from "@nestjs/common";
import { CLOCK, type Clock, EVENT_BUS, type EventBus, OnEvent, Stages } from "@portcullis/kit";
import { contextOf, deadlineOf, resultCodeOf } from "@portcullis/login";
import { type LoginRequested, LoginRequestedSchema, PrimaryDecidedSchema } from "@portcullis/proto";
import { CheckFirstFactor } from "../../application/check-first-factor.js";
import { primaryDecidedOf } from "./primary-decided.js";

@Controller()
export class LoginRequestedController {
  readonly #checkFirstFactor: CheckFirstFactor;
  readonly #bus: EventBus;
  readonly #stages: Stages;
  readonly #clock: Clock;

  constructor(
    @Inject(CheckFirstFactor) checkFirstFactor: CheckFirstFactor,
    @Inject(EVENT_BUS) bus: EventBus,
    @Inject(Stages) stages: Stages,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.#checkFirstFactor = checkFirstFactor;
    this.#bus = bus;
    this.#stages = stages;
    this.#clock = clock;
  }

  @OnEvent(LoginRequestedSchema, { deadlineMs: deadlineOf })
  async onLoginRequested(event: LoginRequested): Promise<void> {
    const startedAt = performance.now();
    const context = contextOf(event.context);
    // Nobody waits for it any more: after an outage or a flood, password hashes are for those who still do.
    if (this.#clock.nowMs() > context.deadlineMs) return;
    const decision = await this.#checkFirstFactor.check({
      context,
      sealedPassword: event.sealedPassword.length === 0 ? undefined : event.sealedPassword,
      refusal: resultCodeOf(event.refusal),
    });
    this.#stages.observe("primary.check", startedAt);
    await this.#bus.publish(PrimaryDecidedSchema, decision.userId, primaryDecidedOf(decision));
  }
}
