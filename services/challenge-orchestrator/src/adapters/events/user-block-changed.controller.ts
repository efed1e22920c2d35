import { Controller, Inject } from "@nestjs/common";
import { OnEvent } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { type UserBlockChanged, UserBlockChangedSchema } from "@portcullis/proto";
import { PostgresBlockCopies } from "../postgres/postgres-block-copies.js";

@Controller()
export class UserBlockChangedController {
  constructor(@Inject(PostgresBlockCopies) private readonly blocks: PostgresBlockCopies) {}

  @OnEvent(UserBlockChangedSchema)
  onUserBlockChanged({ userId, blocked, untilMs, generation }: UserBlockChanged): Promise<void> {
    return this.blocks.keep({ userId: userId as UserId, blockedUntilMs: blockedUntil(blocked, untilMs), generation });
  }
}

function blockedUntil(blocked: boolean, untilMs: bigint): number | undefined {
  if (!blocked) return undefined;
  return untilMs === 0n ? Number.POSITIVE_INFINITY : Number(untilMs);
}
