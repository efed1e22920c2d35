import { Controller, Inject } from "@nestjs/common";
import { OnEvent } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { type UserChanged, UserChangedSchema } from "@portcullis/proto";
import { PostgresUsers } from "../postgres/postgres-users.js";

@Controller()
export class UserChangedController {
  constructor(@Inject(PostgresUsers) private readonly users: PostgresUsers) {}

  @OnEvent(UserChangedSchema)
  onUserChanged({ userId, name, loginName, enabled, generation }: UserChanged): Promise<void> {
    return this.users.keep({ userId: userId as UserId, name, loginName, enabled, generation });
  }
}
