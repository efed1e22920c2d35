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
import type { LoginId } from "@portcullis/login";
import { z } from "zod";
import { type HeldLogin, type HeldLoginList, ManualAnswers } from "../../application/manual-answers.js";

const Id = z.string().regex(/^[0-9a-f]{32}$/);
const NONE = "No login with this id waits for an answer.";
const Answer = z.strictObject({ approved: z.boolean() });

/** What `portcullis answer` talks to. */
@Controller("internal/held-logins")
@UseGuards(ApiKeyGuard)
export class ManualAnswersController {
  readonly #answers: ManualAnswers;

  constructor(@Inject(ManualAnswers) answers: ManualAnswers) {
    this.#answers = answers;
  }

  /** The logins that wait for somebody's word. */
  @Get()
  waiting(): Promise<HeldLoginList> {
    return this.#answers.waiting();
  }

  @Get(":loginId")
  async one(@Param("loginId") loginId: string): Promise<HeldLogin> {
    const id = Id.safeParse(loginId);
    const found = id.success ? await this.#answers.find(id.data as LoginId) : undefined;
    if (found === undefined) throw new NotFoundException(NONE);
    return found;
  }

  @Post(":loginId/answer")
  @HttpCode(202)
  async answer(@Param("loginId") loginId: string, @Body() body: unknown): Promise<void> {
    const id = Id.safeParse(loginId);
    const answer = Answer.safeParse(body);
    if (!id.success || !answer.success) throw new BadRequestException("A login id and { approved: true or false }.");
    if (await this.#answers.answer(id.data as LoginId, answer.data.approved)) return;
    throw new NotFoundException(NONE);
  }
}
