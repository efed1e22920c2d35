import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  Get,
  HttpCode,
  Inject,
  NotFoundException,
  Post,
  Query,
  ServiceUnavailableException,
  UseGuards,
} from "@nestjs/common";
import { ApiKeyGuard, isUnavailable, Readiness } from "@portcullis/kit";
import { MAX_USER_NAME_BYTES } from "@portcullis/login";
import { z } from "zod";
import type { NoUser } from "../../application/find-user.js";
import type { FraudRecords, ListedReport } from "../../application/ports.js";
import { ReportByOperator } from "../../application/report-by-operator.js";

export const FRAUD_RECORDS = Symbol("FRAUD_RECORDS");

export const MAX_LISTED = 1_000;
const MAX_NOTE_LENGTH = 500;
const MAX_OPERATOR_LENGTH = 64;

/** Text of people: on one line, and without what PostgreSQL does not take. */
const lineUpTo = (length: number) =>
  z
    .string()
    .max(length)
    .regex(/^\P{Cc}*$/u);
export const UserName = lineUpTo(MAX_USER_NAME_BYTES).min(1);
export const Operator = lineUpTo(MAX_OPERATOR_LENGTH).default("");
export const Reason = lineUpTo(MAX_NOTE_LENGTH).min(1);
const Report = z.strictObject({
  user: UserName,
  loginId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  note: lineUpTo(MAX_NOTE_LENGTH).default(""),
  operator: Operator,
});
const ListQuery = z.object({
  user: UserName.optional(),
  sinceMs: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_LISTED).default(100),
});

/** What `portcullis fraud` talks to. Times are ISO 8601 in UTC. */
@Controller("internal/fraud-reports")
@UseGuards(ApiKeyGuard)
export class FraudReportsController {
  readonly #reportByOperator: ReportByOperator;
  readonly #records: FraudRecords;
  readonly #readiness: Readiness;

  constructor(
    @Inject(ReportByOperator) reportByOperator: ReportByOperator,
    @Inject(FRAUD_RECORDS) records: FraudRecords,
    @Inject(Readiness) readiness: Readiness,
  ) {
    this.#reportByOperator = reportByOperator;
    this.#records = records;
    this.#readiness = readiness;
  }

  /** Answers when the report is durable. */
  @Post()
  @HttpCode(200)
  async report(@Body() body: unknown) {
    const told = Report.safeParse(body);
    if (!told.success)
      throw new BadRequestException(`Give a user, and a note on one line of at most ${MAX_NOTE_LENGTH} characters.`);
    // Fail closed: while the configuration is still being read, nobody knows whom to mail and whether to block.
    const missing = this.#readiness.missing();
    if (missing.length > 0) throw new ServiceUnavailableException(`Not ready yet: ${missing.join(", ")}. Try again.`);
    const { user: userName, loginId, note, operator } = told.data;
    const reported = await whenThere(this.#reportByOperator.execute({ userName, loginId, note, operator }));
    if (reported.ok) return { reportId: reported.value.reportId, user: reported.value.user.loginName };
    if (reported.failure === "login-of-another") throw new ConflictException("The login is another user's.");
    throw refusalOf(reported.failure, userName);
  }

  @Get()
  async list(@Query() query: unknown) {
    const asked = ListQuery.safeParse(query);
    if (!asked.success) throw new BadRequestException(`user must be a name, limit a number from 1 to ${MAX_LISTED}.`);
    const { user: userName, sinceMs, limit } = asked.data;
    return { reports: (await whenThere(this.#records.reports({ userName, sinceMs, limit }))).map(listed) };
  }
}

export function refusalOf(failure: NoUser, userName: string): Error {
  if (failure === "user-unknown") return new NotFoundException(`No user ${userName} is known.`);
  return new ConflictException(`Several users are called ${userName}.`);
}

/** A store that is away is no mistake of ours: who asked may ask again. */
export async function whenThere<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    throw new ServiceUnavailableException("A store is away: nothing is certain. Try again.");
  }
}

function listed({ report, loginName, blockId }: ListedReport) {
  const { reportedAtMs, ...told } = report;
  return { ...told, reportedAt: new Date(reportedAtMs).toISOString(), loginName, blockId };
}
