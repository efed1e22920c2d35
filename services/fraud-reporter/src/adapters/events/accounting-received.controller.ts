import { Controller, Inject } from "@nestjs/common";
import { OnEvent, Stages } from "@portcullis/kit";
import { type AccountingReceived, AccountingReceivedSchema, AccountingStatus } from "@portcullis/proto";
import { RecordSession } from "../../application/record-session.js";
import type { SessionRecord } from "../../domain/session.js";

const STATUSES: Readonly<Record<AccountingStatus, SessionRecord["status"] | undefined>> = {
  [AccountingStatus.UNSPECIFIED]: undefined,
  [AccountingStatus.START]: "start",
  [AccountingStatus.STOP]: "stop",
  [AccountingStatus.INTERIM]: "interim",
  [AccountingStatus.NAS_ON]: "nas-on",
  [AccountingStatus.NAS_OFF]: "nas-off",
};

@Controller()
export class AccountingReceivedController {
  readonly #recordSession: RecordSession;
  readonly #stages: Stages;

  constructor(@Inject(RecordSession) recordSession: RecordSession, @Inject(Stages) stages: Stages) {
    this.#recordSession = recordSession;
    this.#stages = stages;
  }

  /** No deadline: what a client was told to be recorded waits for its database as long as it takes. */
  @OnEvent(AccountingReceivedSchema)
  async onAccountingReceived(event: AccountingReceived): Promise<void> {
    const startedAt = performance.now();
    await this.#recordSession.execute(recordOf(event));
    this.#stages.observe("accounting.record", startedAt);
  }
}

/** Throws for a status that this version does not know: it is poison. */
function recordOf(event: AccountingReceived): SessionRecord {
  const status = STATUSES[event.status];
  if (status === undefined) throw new Error(`An accounting event has the status ${event.status}.`);
  return {
    recordId: event.recordId,
    client: event.client,
    status,
    nas: event.nas,
    sessionId: event.sessionId,
    userName: event.userName,
    station: event.station,
    calledStation: event.calledStation,
    framedAddress: event.framedAddress,
    class: Buffer.from(event.class).toString("hex"),
    inputOctets: event.inputOctets,
    outputOctets: event.outputOctets,
    seconds: event.sessionSeconds,
    terminateCause: event.terminateCause,
    occurredAtMs: Number(event.occurredAtMs),
    sourceAddress: event.sourceAddress,
  };
}
