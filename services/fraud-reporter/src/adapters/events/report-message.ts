import { create } from "@bufbuild/protobuf";
import { FraudChannel, type FraudReported, FraudReportedSchema } from "@portcullis/proto";
import type { FraudReport, FraudChannel as ReportedBy } from "../../domain/fraud-report.js";

const ID = /^[0-9a-f]{32}$/;
const CHANNELS: Readonly<Record<ReportedBy, FraudChannel>> = {
  app: FraudChannel.APP,
  call: FraudChannel.CALL,
  text: FraudChannel.TEXT,
  command: FraudChannel.COMMAND,
};
const REPORTED_BY = new Map(Object.entries(CHANNELS).map(([name, channel]) => [channel, name as ReportedBy]));

export function messageOf(report: FraudReport): FraudReported {
  return create(FraudReportedSchema, {
    ...report,
    channel: CHANNELS[report.channel],
    reportedAtMs: BigInt(Math.round(report.reportedAtMs)),
  });
}

/** Throws for one without a usable id, or by a way that this version does not know: it is poison. */
export function reportOf(event: FraudReported): FraudReport {
  const channel = REPORTED_BY.get(event.channel);
  if (channel === undefined) throw new Error(`A fraud report came by the way ${event.channel}.`);
  if (!ID.test(event.reportId) || !ID.test(event.userId))
    throw new Error("A fraud report has no id of its own or its user.");
  return {
    reportId: event.reportId,
    userId: event.userId,
    userName: storable(event.userName),
    loginId: storable(event.loginId),
    client: storable(event.client),
    application: storable(event.application),
    station: storable(event.station),
    sourceAddress: storable(event.sourceAddress),
    channel,
    reportedAtMs: Number(event.reportedAtMs),
    operator: storable(event.operator),
    note: storable(event.note),
  };
}

/** PostgreSQL takes no NUL, and a report must not be lost for one in a name. */
const storable = (text: string): string => text.replaceAll("\0", "");
