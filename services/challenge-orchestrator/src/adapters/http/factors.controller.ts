import { BadRequestException, Body, Controller, Get, HttpCode, Inject, Post, UseGuards } from "@nestjs/common";
import { ApiKeyGuard } from "@portcullis/kit";
import { z } from "zod";
import type { PastBypass } from "../../application/factor-ports.js";
import { OneTimeBypasses } from "../../application/one-time-bypasses.js";
import { type Resynchronised, ResynchroniseToken } from "../../application/resynchronise-token.js";

const Code = z.string().min(1).max(32);
const Resync = z.strictObject({ serial: z.string().min(1).max(64), codes: z.tuple([Code, Code]) });

/** What the help desk asks and does without a user's name. */
@Controller("internal")
@UseGuards(ApiKeyGuard)
export class FactorsController {
  constructor(
    @Inject(OneTimeBypasses) private readonly bypasses: OneTimeBypasses,
    @Inject(ResynchroniseToken) private readonly resynchroniseToken: ResynchroniseToken,
  ) {}

  /** The newest first. */
  @Get("bypasses")
  async listBypasses(): Promise<{ bypasses: readonly PastBypass[] }> {
    return { bypasses: await this.bypasses.list() };
  }

  @Post("tokens/resync")
  @HttpCode(200)
  async resync(@Body() body: unknown): Promise<Resynchronised> {
    const wanted = Resync.safeParse(body);
    if (!wanted.success) throw new BadRequestException("Expected is { serial, codes: [first, second] }.");
    return this.resynchroniseToken.execute(wanted.data.serial, wanted.data.codes);
  }
}
