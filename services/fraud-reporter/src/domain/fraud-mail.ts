import type { FraudReport, FraudRules } from "./fraud-report.js";
import { type BlockEnd, NEVER, type UserBlock } from "./user-block.js";

/** A mail that is to be sent to the list. */
export interface FraudMail {
  readonly mailId: string;
  readonly kind: "fraud-reported" | "user-unblocked";
  readonly recipients: readonly string[];
  readonly language: string;
  /** What its words need. */
  readonly fields: Readonly<Record<string, string>>;
  readonly requestedAtMs: number;
}

/** What a mail needs besides what it is about. */
export interface MailParts {
  readonly mailId: string;
  readonly rules: FraudRules;
  readonly nowMs: number;
}

/** How `blockedUntil` says in every language that a block has no end. */
const WITHOUT_END = "\u221e";

/**
 * @param block what her user is blocked by now
 * @returns nothing when nobody is to get one
 */
export function mailOfReport(
  report: FraudReport,
  block: UserBlock | undefined,
  { mailId, rules, nowMs }: MailParts,
): FraudMail | undefined {
  if (rules.mail.length === 0) return undefined;
  const fields = {
    userName: report.userName,
    application: report.application || report.client,
    client: report.client,
    station: report.station,
    sourceAddress: report.sourceAddress,
    time: timeOf(report.reportedAtMs),
    channel: report.channel,
    blockedUntil: block === undefined ? "" : block.untilMs === NEVER ? WITHOUT_END : timeOf(block.untilMs),
    reason: report.note,
  };
  const { mail: recipients, language } = rules;
  return { mailId, kind: "fraud-reported", recipients, language, fields, requestedAtMs: nowMs };
}

/** @returns nothing when nobody is to get one */
export function mailOfUnblock(
  userName: string,
  end: BlockEnd,
  { mailId, rules, nowMs }: MailParts,
): FraudMail | undefined {
  if (rules.mail.length === 0) return undefined;
  const fields = { userName, time: timeOf(end.atMs), reason: end.reason };
  const { mail: recipients, language } = rules;
  return { mailId, kind: "user-unblocked", recipients, language, fields, requestedAtMs: nowMs };
}

/** To the second, in UTC. */
const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
