import type { FraudReport, FraudRules } from "./fraud-report.js";
import { NEVER, type UserBlock } from "./user-block.js";

/** A mail that is to be sent to the list. */
export interface FraudMail {
  readonly mailId: string;
  readonly recipients: readonly string[];
  readonly language: string;
  /** What its words need. */
  readonly fields: Readonly<Record<string, string>>;
  readonly requestedAtMs: number;
}

/** How `blockedUntil` says that the block has no end. */
const WITHOUT_END = "until somebody unblocks the user";

export interface MailOfReport {
  readonly mailId: string;
  readonly report: FraudReport;
  /** What she is blocked by now. */
  readonly block: UserBlock | undefined;
  readonly rules: FraudRules;
  readonly nowMs: number;
}

/** @returns nothing when nobody is to get one */
export function mailOfReport({ mailId, report, block, rules, nowMs }: MailOfReport): FraudMail | undefined {
  if (rules.mail.length === 0) return undefined;
  const fields = {
    user: report.userName,
    application: report.application || report.client,
    station: report.station,
    address: report.sourceAddress,
    time: timeOf(report.reportedAtMs),
    channel: report.channel,
    blockedUntil: block === undefined ? "" : block.untilMs === NEVER ? WITHOUT_END : timeOf(block.untilMs),
    note: report.note,
  };
  return { mailId, recipients: rules.mail, language: rules.language, fields, requestedAtMs: nowMs };
}

/** To the second, in UTC. */
const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
