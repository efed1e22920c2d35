import { Controller, Inject } from "@nestjs/common";
import { OnEvent } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { type UserChanged, UserChangedSchema } from "@portcullis/proto";
import type { AccountStore } from "../../application/ports.js";

export const ACCOUNT_STORE = Symbol("ACCOUNT_STORE");

@Controller()
export class UserChangedController {
  readonly #accounts: AccountStore;

  constructor(@Inject(ACCOUNT_STORE) accounts: AccountStore) {
    this.#accounts = accounts;
  }

  @OnEvent(UserChangedSchema)
  onUserChanged({ userId, loginName, enabled, generation }: UserChanged): Promise<void> {
    return this.#accounts.keep({ userId: userId as UserId, loginName, enabled, generation: Number(generation) });
  }
}
