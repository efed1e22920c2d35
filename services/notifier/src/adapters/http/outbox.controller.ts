import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  NotFoundException,
  Post,
  Query,
  UseGuards,
} from "@nestjs/common";
import { ApiKeyGuard } from "@portcullis/kit";
import { z } from "zod";
import type { OutboxEntry } from "../providers/outbox/outbox.js";
import { PlayOutbox } from "../providers/outbox/play-outbox.js";

const After = z.coerce.number().int().min(0).default(0);
const id = z.int().min(1).optional();
const Action = z.union([
  z.strictObject({ id, press: z.string().regex(/^[0-9*]{0,32}#?$/) }),
  z.strictObject({ id, reply: z.string().min(1).max(160) }),
  z.strictObject({ id, end: z.enum(["busy", "no-answer", "hang-up"]) }),
]);

/** What `portcullis outbox` talks to. */
@Controller("internal/outbox")
@UseGuards(ApiKeyGuard)
export class OutboxController {
  readonly #play: PlayOutbox;

  constructor(@Inject(PlayOutbox) play: PlayOutbox) {
    this.#play = play;
  }

  /** Oldest first. @param after the last entry that is known already */
  @Get()
  list(@Query("after") after?: string): { readonly entries: readonly OutboxEntry[] } {
    const read = After.safeParse(after);
    if (!read.success) throw new BadRequestException("after is the number of an entry.");
    return { entries: this.#play.list(read.data) };
  }

  /** Presses keys, replies or hangs up; without an id it is the newest call or text. */
  @Post()
  @HttpCode(200)
  async act(@Body() body: unknown): Promise<OutboxEntry> {
    const action = Action.safeParse(body);
    if (!action.success) throw new BadRequestException("{ press: keys }, { reply: text } or { end: how }.");
    const done = await this.#do(action.data);
    if (done === undefined) throw new NotFoundException("Nobody waits for that.");
    return done;
  }

  #do(action: z.infer<typeof Action>): Promise<OutboxEntry | undefined> {
    if ("press" in action) return this.#play.press(action.id, action.press);
    if ("reply" in action) return this.#play.reply(action.id, action.reply);
    return this.#play.end(action.id, action.end);
  }
}
