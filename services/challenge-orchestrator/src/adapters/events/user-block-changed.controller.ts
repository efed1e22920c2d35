import { Controller, Inject } from "@nestjs/common";
import { OnEvent } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { type UserBlockChanged, UserBlockChangedSchema } from "@portcullis/proto";
import { EndLogins } from "../../application/end-logins.js";
import { PostgresBlockCopies } from "../postgres/postgres-block-copies.js";

@Controller()
export class UserBlockChangedController {
  constructor(
    @Inject(PostgresBlockCopies) private readonly blocks: PostgresBlockCopies,
    @Inject(EndLogins) private readonly endLogins: EndLogins,
  ) {}

  @OnEvent(UserBlockChangedSchema)
  async onUserBlockChanged({ userId: id, blocked, untilMs, generation }: UserBlockChanged): Promise<void> {
    const userId = id as UserId;
    await this.blocks.keep({ userId, blockedUntilMs: blockedUntil(blocked, untilMs), generation });
    // From here on no login of hers begins; what had begun ends.
    if (blocked) await this.endLogins.ofBlocked(userId);
  }
}

function blockedUntil(blocked: boolean, untilMs: bigint): number | undefined {
  if (!blocked) return undefined;
  return untilMs === 0n ? Number.POSITIVE_INFINITY : Number(untilMs);
}
