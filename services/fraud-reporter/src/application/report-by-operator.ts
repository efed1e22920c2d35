import { type Clock, fail, type KeyedDigest, ok, type Random, type Result } from "@portcullis/kit";
import type { FraudReport } from "../domain/fraud-report.js";
import { findUser, type NoUser } from "./find-user.js";
import type { FraudEvents, FraudRecords, UserCopies, UserCopy } from "./ports.js";

const REPORT_ID_BYTES = 16;

export interface ReportByOperatorParts {
  readonly users: UserCopies;
  readonly records: Pick<FraudRecords, "login">;
  readonly events: Pick<FraudEvents, "fraudReported">;
  readonly digest: KeyedDigest;
  readonly random: Random;
  readonly clock: Clock;
}

export interface OperatorsReport {
  readonly userName: string;
  /** The login that was not hers; undefined when none is meant. */
  readonly loginId: string | undefined;
  readonly note: string;
  /** Who reports it, as her command says. */
  readonly operator: string;
}

export interface Reported {
  readonly reportId: string;
  readonly user: UserCopy;
}

/** Publishes what an operator reports for a user, as the app or a call would. */
export class ReportByOperator {
  readonly #parts: ReportByOperatorParts;

  constructor(parts: ReportByOperatorParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when the report is durable: on the topic, or where one process is all there is, in the table.
   * @returns `login-of-another` when the audit has the login as somebody else's
   */
  async execute(told: OperatorsReport): Promise<Result<Reported, NoUser | "login-of-another">> {
    const { users, records, events } = this.#parts;
    const found = await findUser(users, told.userName);
    if (!found.ok) return found;
    const user = found.value;
    // One that has not ended yet has no row; it is reported without its context.
    const login = told.loginId === undefined ? undefined : await records.login(told.loginId);
    if (login !== undefined && login.userId !== user.userId) return fail("login-of-another");
    const report: FraudReport = {
      reportId: this.#reportId(user, told.loginId),
      userId: user.userId,
      userName: login?.userName ?? user.loginName,
      loginId: told.loginId ?? "",
      client: login?.client ?? "",
      application: "",
      station: login?.station ?? "",
      sourceAddress: login?.sourceAddress ?? "",
      channel: "command",
      reportedAtMs: this.#parts.clock.nowMs(),
      operator: told.operator,
      note: told.note,
    };
    await events.fraudReported(report);
    return ok({ reportId: report.reportId, user });
  }

  /** A login is reported once by command, however often that is repeated. */
  #reportId(user: UserCopy, loginId: string | undefined): string {
    const { digest, random } = this.#parts;
    if (loginId === undefined) return random.bytes(REPORT_ID_BYTES).toString("hex");
    return digest.hex("fraud-report-by-command", user.userId, loginId);
  }
}
