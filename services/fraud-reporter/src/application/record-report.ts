import type { Clock, KeyedDigest, Log } from "@portcullis/kit";
import { entriesOfChange, entryOfReport } from "../domain/fraud-audit.js";
import { mailOfReport } from "../domain/fraud-mail.js";
import type { FraudReport, FraudRules } from "../domain/fraud-report.js";
import { blockByReport, hasRunOut, type UserBlock, untilOf } from "../domain/user-block.js";
import type { FraudEffects, FraudLedger, FraudSettings, StandingBlock } from "./ports.js";

export interface RecordReportParts {
  readonly ledger: FraudLedger;
  readonly settings: FraudSettings;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when there is something to be told to the other services. */
  readonly onChange: () => void;
}

/** Keeps a report, blocks its user if so set, and lets the list be mailed: all at once, and once only for each report. */
export class RecordReport {
  readonly #parts: RecordReportParts;

  constructor(parts: RecordReportParts) {
    this.#parts = parts;
  }

  /** Resolves when it is durable. */
  async execute(report: FraudReport): Promise<void> {
    const { ledger, settings, digest, clock, log, onChange } = this.#parts;
    const { rules } = settings;
    const nowMs = clock.nowMs();
    const mailId = digest.hex("fraud-mail", report.reportId);
    const recorded = await ledger.take(report, (standing) => effectsOf({ report, rules, mailId, nowMs }, standing));
    if (!recorded) return;
    const { reportId, userId, loginId, channel } = report;
    log.warn("fraud.reported", { reportId, userId, loginId, channel });
    onChange();
  }
}

interface Taken {
  readonly report: FraudReport;
  readonly rules: FraudRules;
  readonly mailId: string;
  readonly nowMs: number;
}

function effectsOf({ report, rules, mailId, nowMs }: Taken, { block, loginName }: StandingBlock): FraudEffects {
  const wanted: UserBlock = {
    // A report makes one block at the most, so that it can have the report's id.
    blockId: report.reportId,
    userId: report.userId,
    fromMs: nowMs,
    untilMs: untilOf(nowMs, rules.blockDays),
    reason: "fraud reported",
    by: { kind: "report", name: report.reportId },
  };
  const change = rules.block ? blockByReport(block, wanted) : undefined;
  const after = change?.begin ?? (block !== undefined && hasRunOut(block, nowMs) ? undefined : block);
  const userName = loginName || report.userName;
  const changed = change === undefined ? [] : entriesOfChange({ userName, standing: block, change, nowMs });
  return {
    change,
    audit: [entryOfReport(report, after, nowMs), ...changed],
    mail: mailOfReport(report, after, { mailId, rules, nowMs }),
  };
}
