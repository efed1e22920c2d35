import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  Post,
  UseGuards,
} from "@nestjs/common";
import { ApiKeyGuard } from "@portcullis/kit";
import { loginNameOf, type UserId } from "@portcullis/login";
import { z } from "zod";
import { type DescribedFactors, DescribeFactors } from "../../application/describe-factors.js";
import type { GivenBypass } from "../../application/factor-ports.js";
import { DEFAULT_BYPASS_SECONDS, MAX_BYPASS_SECONDS, OneTimeBypasses } from "../../application/one-time-bypasses.js";
import { RecoveryCodes } from "../../application/recovery-codes.js";
import { type PinRefusal, SetPin } from "../../application/set-pin.js";
import { PostgresUserCopies } from "../postgres/postgres-user-copies.js";

const NONE = "No user signs in under this name.";
const MAX_WORDS = 200;
const Words = z.string().trim().min(1).max(MAX_WORDS);
const Pin = z.strictObject({ pin: z.string().max(64), mustChange: z.boolean().default(false) });
const Bypass = z.strictObject({
  reason: Words,
  givenBy: Words,
  seconds: z.int().min(1).max(MAX_BYPASS_SECONDS).default(DEFAULT_BYPASS_SECONDS),
});

/** What the help desk does for a user, by the name under which she signs in. */
@Controller("internal/users/:user")
@UseGuards(ApiKeyGuard)
export class UsersController {
  constructor(
    @Inject(PostgresUserCopies) private readonly users: PostgresUserCopies,
    @Inject(DescribeFactors) private readonly describeFactors: DescribeFactors,
    @Inject(SetPin) private readonly setPin: SetPin,
    @Inject(OneTimeBypasses) private readonly bypasses: OneTimeBypasses,
    @Inject(RecoveryCodes) private readonly recoveryCodes: RecoveryCodes,
  ) {}

  @Get("factors")
  async factors(@Param("user") user: string): Promise<DescribedFactors> {
    return this.describeFactors.execute(await this.#idOf(user));
  }

  /** @returns why it was not taken; nothing: it was */
  @Post("pin")
  @HttpCode(200)
  async pin(@Param("user") user: string, @Body() body: unknown): Promise<{ refused: readonly PinRefusal[] }> {
    const { pin, mustChange } = parsed(Pin, body, "{ pin, mustChange }");
    const set = await this.setPin.execute({ userId: await this.#idOf(user), pin, mustChange });
    return { refused: set.ok ? [] : set.failure };
  }

  @Post("pin/expire")
  @HttpCode(200)
  async expirePin(@Param("user") user: string): Promise<{ expired: boolean }> {
    return { expired: await this.setPin.expire(await this.#idOf(user)) };
  }

  /** The only time that the codes are shown. */
  @Post("recovery-codes")
  @HttpCode(200)
  async issueRecoveryCodes(@Param("user") user: string): Promise<{ codes: readonly string[] }> {
    return { codes: await this.recoveryCodes.issue(await this.#idOf(user)) };
  }

  @Post("bypass")
  @HttpCode(200)
  async giveBypass(@Param("user") user: string, @Body() body: unknown): Promise<GivenBypass> {
    const wanted = parsed(Bypass, body, `{ reason, givenBy, seconds: 1 to ${MAX_BYPASS_SECONDS} }`);
    return this.bypasses.give({ userId: await this.#idOf(user), ...wanted });
  }

  @Post("bypass/remove")
  @HttpCode(200)
  async removeBypass(@Param("user") user: string): Promise<{ removed: boolean }> {
    return { removed: await this.bypasses.remove(await this.#idOf(user)) };
  }

  async #idOf(user: string): Promise<UserId> {
    const userId = await this.users.idOf(loginNameOf(user));
    if (userId === undefined) throw new NotFoundException(NONE);
    return userId;
  }
}

/** Never quotes what came: it may be a PIN. */
function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown, expected: string): z.infer<Schema> {
  const result = schema.safeParse(body);
  if (!result.success) throw new BadRequestException(`Expected is ${expected}.`);
  return result.data;
}
