import { Controller, Inject } from "@nestjs/common";
import { OnEvent } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { type UserChanged, UserChangedSchema } from "@portcullis/proto";
import { PostgresUserCopies } from "../postgres/postgres-user-copies.js";

@Controller()
export class UserChangedController {
  constructor(@Inject(PostgresUserCopies) private readonly users: PostgresUserCopies) {}

  @OnEvent(UserChangedSchema)
  onUserChanged({ userId, loginName, enabled, groups, generation }: UserChanged): Promise<void> {
    return this.users.keep({ userId: userId as UserId, loginName, enabled, groups, generation });
  }
}
