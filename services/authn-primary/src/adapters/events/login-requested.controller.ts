import { Controller, Inject } from "@nestjs/common";
import { CLOCK, type Clock, EVENT_BUS, type EventBus, OnEvent, Sealer, Stages } from "@portcullis/kit";
import { contextOf, deadlineOf, resultCodeOf } from "@portcullis/login";
import { CredentialKind, type LoginRequested, LoginRequestedSchema, PrimaryDecidedSchema } from "@portcullis/proto";
import { CheckFirstFactor, type FirstFactorRequest } from "../../application/check-first-factor.js";
import { primaryDecidedOf } from "./primary-decided.js";

const CREDENTIALS: Readonly<Record<CredentialKind, FirstFactorRequest["credential"]>> = {
  [CredentialKind.UNSPECIFIED]: "none",
  [CredentialKind.PASSWORD]: "password",
  [CredentialKind.CHAP]: "chap",
  [CredentialKind.MS_CHAP]: "ms-chap",
  [CredentialKind.EAP]: "eap",
  [CredentialKind.ACL_DOWNLOAD]: "acl-download",
};

@Controller()
export class LoginRequestedController {
  readonly #checkFirstFactor: CheckFirstFactor;
  readonly #bus: EventBus;
  readonly #stages: Stages;
  readonly #clock: Clock;
  readonly #sealer: Sealer;

  constructor(
    @Inject(CheckFirstFactor) checkFirstFactor: CheckFirstFactor,
    @Inject(EVENT_BUS) bus: EventBus,
    @Inject(Stages) stages: Stages,
    @Inject(CLOCK) clock: Clock,
    @Inject(Sealer) sealer: Sealer,
  ) {
    this.#checkFirstFactor = checkFirstFactor;
    this.#bus = bus;
    this.#stages = stages;
    this.#clock = clock;
    this.#sealer = sealer;
  }

  @OnEvent(LoginRequestedSchema, { deadlineMs: deadlineOf })
  async onLoginRequested(event: LoginRequested): Promise<void> {
    const startedAt = performance.now();
    const context = contextOf(event.context);
    // Nobody waits for it any more: after an outage or a flood, password hashes are for those who still do.
    if (this.#clock.nowMs() > context.deadlineMs) return;
    const decision = await this.#checkFirstFactor.check({
      context,
      credential: CREDENTIALS[event.credential] ?? "none",
      sealedPassword: presentOf(event.sealedPassword),
      sealedCode: presentOf(event.sealedCode),
      sealedAttributes: presentOf(event.sealedAttributes),
      server: event.conversation?.server,
      refusal: resultCodeOf(event.refusal),
    });
    this.#stages.observe("primary.check", startedAt, context.loginId);
    await this.#bus.publish(PrimaryDecidedSchema, decision.userId, primaryDecidedOf(decision, this.#sealer));
  }
}

function presentOf(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.length > 0 ? bytes : undefined;
}
