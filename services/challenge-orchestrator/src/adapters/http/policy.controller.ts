import { BadRequestException, Controller, Get, Inject, NotFoundException, Query, UseGuards } from "@nestjs/common";
import { ApiKeyGuard } from "@portcullis/kit";
import { loginNameOf } from "@portcullis/login";
import { z } from "zod";
import { type ExplainedPolicy, ExplainPolicy } from "../../application/explain-policy.js";
import { PostgresUserCopies } from "../postgres/postgres-user-copies.js";

const MAX_TEXT = 253;
const Supposed = z.strictObject({
  client: z.string().min(1).max(MAX_TEXT),
  user: z.string().min(1).max(MAX_TEXT),
  from: z.string().max(MAX_TEXT).default(""),
  credential: z.enum(["none", "password", "chap", "ms-chap", "eap"]).default("password"),
  code: z.enum(["true", "false"]).default("false"),
});

/** What the policy would decide, for people who wonder. */
@Controller("internal/policy")
@UseGuards(ApiKeyGuard)
export class PolicyController {
  constructor(
    @Inject(ExplainPolicy) private readonly explainPolicy: ExplainPolicy,
    @Inject(PostgresUserCopies) private readonly users: PostgresUserCopies,
  ) {}

  @Get()
  async explain(@Query() query: unknown): Promise<ExplainedPolicy & { readonly userKnown: boolean }> {
    const supposed = Supposed.safeParse(query);
    if (!supposed.success) throw new BadRequestException("Expected are client, user, from, credential and code.");
    const { client, user, from: station, credential, code } = supposed.data;
    const userId = await this.users.idOf(loginNameOf(user));
    const login = { client, userId, station, credential, hasCode: code === "true" };
    const explained = await this.explainPolicy.execute(login);
    if (explained === undefined) throw new NotFoundException("There is no client of this name.");
    return { ...explained, userKnown: userId !== undefined };
  }
}
