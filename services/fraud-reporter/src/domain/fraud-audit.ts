import { type AuditEntry, actionEntryOf } from "./audit-row.js";
import type { FraudReport } from "./fraud-report.js";
import type { BlockActor, BlockChange, UserBlock } from "./user-block.js";

/** The audit's row of a report. @param block what its user is blocked by afterwards */
export function entryOfReport(report: FraudReport, block: UserBlock | undefined, nowMs: number): AuditEntry {
  return actionEntryOf({
    kind: "fraud-reported",
    id: report.reportId,
    userId: report.userId,
    userName: report.userName,
    client: report.client,
    station: report.station,
    sourceAddress: report.sourceAddress,
    happenedAtMs: report.reportedAtMs,
    recordedAtMs: nowMs,
    details: {
      channel: report.channel,
      loginId: report.loginId,
      blockId: block?.blockId ?? "",
      operator: report.operator,
      note: report.note,
    },
  });
}

export interface ChangedBlock {
  readonly userName: string;
  readonly standing: UserBlock | undefined;
  readonly change: BlockChange;
  readonly nowMs: number;
}

/** The audit's rows of what became of a user's block: that the old one ended, that a new one began. */
export function entriesOfChange({ userName, standing, change, nowMs }: ChangedBlock): AuditEntry[] {
  const entries: AuditEntry[] = [];
  const { end, begin } = change;
  if (end !== undefined && standing !== undefined) {
    entries.push(
      actionEntryOf({
        kind: "user-unblocked",
        id: standing.blockId,
        userId: standing.userId,
        userName,
        happenedAtMs: end.atMs,
        recordedAtMs: nowMs,
        details: { ...actorFields(end.by), reason: end.reason, nextBlockId: begin?.blockId ?? "" },
      }),
    );
  }
  if (begin !== undefined) {
    entries.push(
      actionEntryOf({
        kind: "user-blocked",
        id: begin.blockId,
        userId: begin.userId,
        userName,
        happenedAtMs: begin.fromMs,
        recordedAtMs: nowMs,
        details: { ...actorFields(begin.by), reason: begin.reason, untilMs: begin.untilMs },
      }),
    );
  }
  return entries;
}

const actorFields = (by: BlockActor) => ({ by: by.kind, name: by.kind === "time" ? "" : by.name });
