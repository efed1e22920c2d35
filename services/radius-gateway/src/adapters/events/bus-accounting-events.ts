import { create } from "@bufbuild/protobuf";
import type { EventBus } from "@portcullis/kit";
import { AccountingReceivedSchema, AccountingRequestedSchema, AccountingStatus } from "@portcullis/proto";
import type { AccountingEvents, ReceivedAccounting, RequestedAccounting } from "../../application/ports.js";
import type { RecordedStatus } from "../../domain/accounting-request.js";

const STATUSES: Readonly<Record<RecordedStatus, AccountingStatus>> = {
  start: AccountingStatus.START,
  stop: AccountingStatus.STOP,
  interim: AccountingStatus.INTERIM,
  "nas-on": AccountingStatus.NAS_ON,
  "nas-off": AccountingStatus.NAS_OFF,
};

/** The gateway's accounting events on the bus. */
export class BusAccountingEvents implements AccountingEvents {
  readonly #bus: EventBus;

  constructor(bus: EventBus) {
    this.#bus = bus;
  }

  received({ userKey, client, sourceAddress, record, occurredAtMs }: ReceivedAccounting): Promise<void> {
    const event = create(AccountingReceivedSchema, {
      recordId: record.recordId,
      client,
      status: STATUSES[record.status],
      nas: record.nas,
      sessionId: record.sessionId,
      userName: record.userName,
      station: record.station,
      calledStation: record.calledStation,
      framedAddress: record.framedAddress,
      class: record.class,
      inputOctets: record.inputOctets,
      outputOctets: record.outputOctets,
      sessionSeconds: record.seconds,
      terminateCause: record.terminateCause,
      occurredAtMs: BigInt(occurredAtMs),
      sourceAddress,
    });
    return this.#bus.publish(AccountingReceivedSchema, userKey, event);
  }

  requested(accounting: RequestedAccounting): Promise<void> {
    const event = create(AccountingRequestedSchema, { ...accounting, deadlineMs: BigInt(accounting.deadlineMs) });
    return this.#bus.publish(AccountingRequestedSchema, accounting.userKey, event);
  }
}
