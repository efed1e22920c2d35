import { Controller, Inject } from "@nestjs/common";
import { OnEvent, Stages } from "@portcullis/kit";
import { outcomeOf } from "@portcullis/login";
import { type LoginDecided, LoginDecidedSchema } from "@portcullis/proto";
import { RecordLogin } from "../../application/record-login.js";

@Controller()
export class LoginDecidedController {
  readonly #recordLogin: RecordLogin;
  readonly #stages: Stages;

  constructor(@Inject(RecordLogin) recordLogin: RecordLogin, @Inject(Stages) stages: Stages) {
    this.#recordLogin = recordLogin;
    this.#stages = stages;
  }

  /** No deadline: the audit waits for its database as long as it takes. */
  @OnEvent(LoginDecidedSchema)
  async onLoginDecided(event: LoginDecided): Promise<void> {
    const startedAt = performance.now();
    await this.#recordLogin.execute(outcomeOf(event));
    this.#stages.observe("audit.append", startedAt, event.context?.loginId);
  }
}
