import type { Provider, Type } from "@nestjs/common";
import {
  CLOCK,
  type Clock,
  type Database,
  EVENT_BUS,
  type EventBus,
  KeyedDigest,
  LOG,
  type Log,
  RANDOM,
  type Random,
  Sealer,
} from "@portcullis/kit";
import { BusFraudEvents } from "./adapters/events/bus-fraud-events.js";
import { FraudReportedController } from "./adapters/events/fraud-reported.controller.js";
import { SettingChangedController } from "./adapters/events/setting-changed.controller.js";
import { SettingRegistry } from "./adapters/events/setting-registry.js";
import { UserChangedController } from "./adapters/events/user-changed.controller.js";
import { BlocksController } from "./adapters/http/blocks.controller.js";
import { FRAUD_RECORDS, FraudReportsController } from "./adapters/http/fraud-reports.controller.js";
import { PostgresFraudLedger } from "./adapters/postgres/postgres-fraud-ledger.js";
import { PostgresFraudRecords } from "./adapters/postgres/postgres-fraud-records.js";
import { PostgresOutbox } from "./adapters/postgres/postgres-outbox.js";
import { PostgresUserCopies } from "./adapters/postgres/postgres-user-copies.js";
import { ChangeBlock } from "./application/change-block.js";
import { EndBlocks } from "./application/end-blocks.js";
import type { FraudEvents, FraudLedger, FraudRecords } from "./application/ports.js";
import { RecordReport } from "./application/record-report.js";
import { ReportByOperator } from "./application/report-by-operator.js";
import { TellChanges } from "./application/tell-changes.js";
import { AuditChain } from "./domain/audit-chain.js";

const LEDGER = Symbol("FRAUD_LEDGER");
const EVENTS = Symbol("FRAUD_EVENTS");

export const fraudControllers: readonly Type[] = [
  FraudReportedController,
  UserChangedController,
  SettingChangedController,
  FraudReportsController,
  BlocksController,
];

/** What reports and blocks are made of: a part of the composition root. @param database the token of the service's database */
export function fraudProviders(database: symbol): Provider[] {
  return [...stores(database), ...useCases()];
}

function stores(database: symbol): Provider[] {
  return [
    {
      provide: LEDGER,
      inject: [database, AuditChain],
      useFactory: (db: Database<never>, chain: AuditChain) => new PostgresFraudLedger(db, chain),
    },
    {
      provide: FRAUD_RECORDS,
      inject: [database],
      useFactory: (db: Database<never>) => new PostgresFraudRecords(db),
    },
    {
      provide: PostgresUserCopies,
      inject: [database],
      useFactory: (db: Database<never>) => new PostgresUserCopies(db),
    },
    { provide: SettingRegistry, inject: [Sealer], useFactory: (sealer: Sealer) => new SettingRegistry(sealer) },
    { provide: EVENTS, inject: [EVENT_BUS], useFactory: (bus: EventBus) => new BusFraudEvents(bus) },
    {
      provide: TellChanges,
      inject: [database, EVENTS, LOG],
      useFactory: (db: Database<never>, events: FraudEvents, log: Log) =>
        new TellChanges(new PostgresOutbox(db), events, log),
    },
  ];
}

function useCases(): Provider[] {
  return [
    {
      provide: RecordReport,
      inject: [LEDGER, SettingRegistry, KeyedDigest, CLOCK, LOG, TellChanges],
      useFactory: (
        ledger: FraudLedger,
        settings: SettingRegistry,
        digest: KeyedDigest,
        clock: Clock,
        log: Log,
        tell: TellChanges,
      ) => new RecordReport({ ledger, settings, digest, clock, log, onChange: () => tell.wake() }),
    },
    {
      provide: ChangeBlock,
      inject: [LEDGER, PostgresUserCopies, SettingRegistry, KeyedDigest, CLOCK, RANDOM, LOG, TellChanges],
      useFactory: (
        ledger: FraudLedger,
        users: PostgresUserCopies,
        settings: SettingRegistry,
        digest: KeyedDigest,
        clock: Clock,
        random: Random,
        log: Log,
        tell: TellChanges,
      ) => new ChangeBlock({ ledger, users, settings, digest, clock, random, log, onChange: () => tell.wake() }),
    },
    {
      provide: EndBlocks,
      inject: [LEDGER, SettingRegistry, KeyedDigest, CLOCK, LOG, TellChanges],
      useFactory: (
        ledger: FraudLedger,
        settings: SettingRegistry,
        digest: KeyedDigest,
        clock: Clock,
        log: Log,
        tell: TellChanges,
      ) => new EndBlocks({ ledger, settings, digest, clock, log, onChange: () => tell.wake() }),
    },
    {
      provide: ReportByOperator,
      inject: [PostgresUserCopies, FRAUD_RECORDS, EVENTS, KeyedDigest, RANDOM, CLOCK],
      useFactory: (
        users: PostgresUserCopies,
        records: FraudRecords,
        events: FraudEvents,
        digest: KeyedDigest,
        random: Random,
        clock: Clock,
      ) => new ReportByOperator({ users, records, events, digest, random, clock }),
    },
  ];
}
