import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  Get,
  HttpCode,
  Inject,
  Post,
  Query,
  UseGuards,
} from "@nestjs/common";
import { ApiKeyGuard } from "@portcullis/kit";
import { z } from "zod";
import { ChangeBlock } from "../../application/change-block.js";
import type { FraudRecords, ListedBlock } from "../../application/ports.js";
import { type BlockActor, NEVER } from "../../domain/user-block.js";
import {
  FRAUD_RECORDS,
  MAX_LISTED,
  Operator,
  Reason,
  refusalOf,
  UserName,
  whenThere,
} from "./fraud-reports.controller.js";

const MAX_DAYS = 3_650;
const Block = z.strictObject({
  user: UserName,
  reason: Reason,
  days: z.int().min(0).max(MAX_DAYS).optional(),
  operator: Operator,
});
const Removal = z.strictObject({ user: UserName, reason: Reason, operator: Operator });
const ListQuery = z.object({
  user: UserName.optional(),
  sinceMs: z.coerce.number().int().min(0).optional(),
  history: z.enum(["true", "false"]).default("false"),
  limit: z.coerce.number().int().min(1).max(MAX_LISTED).default(100),
});

/** What `portcullis block` talks to. Times are ISO 8601 in UTC. */
@Controller("internal/blocks")
@UseGuards(ApiKeyGuard)
export class BlocksController {
  readonly #changeBlock: ChangeBlock;
  readonly #records: FraudRecords;

  constructor(@Inject(ChangeBlock) changeBlock: ChangeBlock, @Inject(FRAUD_RECORDS) records: FraudRecords) {
    this.#changeBlock = changeBlock;
    this.#records = records;
  }

  @Post()
  @HttpCode(200)
  async block(@Body() body: unknown) {
    const told = Block.safeParse(body);
    if (!told.success)
      throw new BadRequestException(`Give a user, a reason on one line, and days from 0 to ${MAX_DAYS}.`);
    const { user: userName, reason, operator, days } = told.data;
    const blocked = await whenThere(this.#changeBlock.block({ userName, reason, operator }, days));
    if (!blocked.ok) throw refusalOf(blocked.failure, userName);
    return { user: blocked.value.user.loginName, until: untilOf(blocked.value.untilMs) };
  }

  @Post("remove")
  @HttpCode(200)
  async unblock(@Body() body: unknown) {
    const told = Removal.safeParse(body);
    if (!told.success) throw new BadRequestException("Give a user, and a reason on one line.");
    const { user: userName, reason, operator } = told.data;
    const unblocked = await whenThere(this.#changeBlock.unblock({ userName, reason, operator }));
    if (unblocked.ok) return { user: unblocked.value.loginName };
    if (unblocked.failure === "not-blocked") throw new ConflictException(`${userName} is not blocked.`);
    throw refusalOf(unblocked.failure, userName);
  }

  @Get()
  async list(@Query() query: unknown) {
    const asked = ListQuery.safeParse(query);
    if (!asked.success) throw new BadRequestException(`user must be a name, limit a number from 1 to ${MAX_LISTED}.`);
    const { user: userName, sinceMs, history, limit } = asked.data;
    const blocks = await whenThere(this.#records.blocks({ userName, sinceMs, limit }, history === "true"));
    return { blocks: blocks.map(listed) };
  }
}

function listed({ block, loginName, end }: ListedBlock) {
  const { blockId, userId, fromMs, untilMs, reason, by } = block;
  return {
    blockId,
    userId,
    loginName,
    from: new Date(fromMs).toISOString(),
    until: untilOf(untilMs),
    reason,
    by: actorOf(by),
    ended: end === undefined ? null : { at: new Date(end.atMs).toISOString(), by: actorOf(end.by), reason: end.reason },
  };
}

/** null: until somebody unblocks her. */
const untilOf = (untilMs: number): string | null => (untilMs === NEVER ? null : new Date(untilMs).toISOString());

const actorOf = (by: BlockActor) => ({ kind: by.kind, name: by.kind === "time" ? "" : by.name });
