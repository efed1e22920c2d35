import { Controller, Inject } from "@nestjs/common";
import { OnEvent, OnState, type StateRecord } from "@portcullis/kit";
import { type UserBlockChanged, UserBlockChangedSchema } from "@portcullis/proto";
import { EndLogins } from "../../application/end-logins.js";
import { PostgresBlockCopies } from "../postgres/postgres-block-copies.js";
import { BlockRegistry, blockOf } from "./block-registry.js";

@Controller()
export class UserBlockChangedController {
  constructor(
    @Inject(PostgresBlockCopies) private readonly blocks: PostgresBlockCopies,
    @Inject(BlockRegistry) private readonly registry: BlockRegistry,
    @Inject(EndLogins) private readonly endLogins: EndLogins,
  ) {}

  /** Every replica knows who is blocked. */
  @OnState(UserBlockChangedSchema)
  async onUserBlockState(record: StateRecord<UserBlockChanged>): Promise<void> {
    this.registry.take(record);
  }

  /** One replica keeps it, and ends what is open of hers. */
  @OnEvent(UserBlockChangedSchema)
  async onUserBlockChanged(event: UserBlockChanged): Promise<void> {
    const block = blockOf(event);
    await this.blocks.keep(block);
    if (event.blocked) await this.endLogins.ofBlocked(block.userId);
  }
}
