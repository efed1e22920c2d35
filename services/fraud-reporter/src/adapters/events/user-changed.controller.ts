import { Controller, Inject } from "@nestjs/common";
import { OnEvent } from "@portcullis/kit";
import { type UserChanged, UserChangedSchema } from "@portcullis/proto";
import { PostgresUserCopies } from "../postgres/postgres-user-copies.js";

@Controller()
export class UserChangedController {
  readonly #users: PostgresUserCopies;

  constructor(@Inject(PostgresUserCopies) users: PostgresUserCopies) {
    this.#users = users;
  }

  @OnEvent(UserChangedSchema)
  onUserChanged({ userId, loginName, enabled, generation }: UserChanged): Promise<void> {
    return this.#users.keep({ userId, loginName, enabled, generation });
  }
}
