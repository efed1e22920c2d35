import { type DynamicModule, Module } from "@nestjs/common";
import {
  CLOCK,
  type Clock,
  DATABASES,
  type Database,
  DatabaseProbe,
  type Databases,
  KEY_RING,
  type KeyRing,
  LOG,
  type Log,
  Readiness,
} from "@portcullis/kit";
import { AccountingReceivedController } from "./adapters/events/accounting-received.controller.js";
import { LoginDecidedController } from "./adapters/events/login-decided.controller.js";
import { AuditController } from "./adapters/http/audit.controller.js";
import { SESSION_STORE, SessionsController } from "./adapters/http/sessions.controller.js";
import { migrations, SCHEMA } from "./adapters/postgres/migrations.js";
import { PostgresAuditTrail } from "./adapters/postgres/postgres-audit-trail.js";
import { PostgresSessionStore } from "./adapters/postgres/postgres-session-store.js";
import { ExportHead } from "./application/export-head.js";
import { ForgetSessions } from "./application/forget-sessions.js";
import type { AuditTrail, SessionStore } from "./application/ports.js";
import { RecordLogin } from "./application/record-login.js";
import { RecordSession } from "./application/record-session.js";
import { VerifyAudit } from "./application/verify-audit.js";
import { AuditChain } from "./domain/audit-chain.js";
import { fraudControllers, fraudProviders } from "./fraud-providers.js";

const DATABASE = Symbol("fraud-reporter database");
const AUDIT_TRAIL = Symbol("AUDIT_TRAIL");

@Module({})
export class FraudReporterModule {
  static of(): DynamicModule {
    return {
      module: FraudReporterModule,
      controllers: [
        LoginDecidedController,
        AuditController,
        AccountingReceivedController,
        SessionsController,
        ...fraudControllers,
      ],
      providers: [
        ...fraudProviders(DATABASE),
        {
          provide: DATABASE,
          inject: [DATABASES],
          useFactory: (databases: Databases) => databases.open<never>(SCHEMA, migrations),
        },
        {
          provide: DatabaseProbe,
          inject: [DATABASE, Readiness],
          useFactory: (db: Database<never>, readiness: Readiness) =>
            new DatabaseProbe("fraud-reporter database", db, readiness),
        },
        {
          provide: AUDIT_TRAIL,
          inject: [DATABASE],
          useFactory: (db: Database<never>) => new PostgresAuditTrail(db),
        },
        { provide: AuditChain, inject: [KEY_RING], useFactory: (ring: KeyRing) => new AuditChain(ring.audit) },
        {
          provide: RecordLogin,
          inject: [AUDIT_TRAIL, AuditChain],
          useFactory: (trail: AuditTrail, chain: AuditChain) => new RecordLogin(trail, chain),
        },
        {
          provide: VerifyAudit,
          inject: [AUDIT_TRAIL, AuditChain],
          useFactory: (trail: AuditTrail, chain: AuditChain) => new VerifyAudit(trail, chain),
        },
        {
          provide: ExportHead,
          inject: [AUDIT_TRAIL, LOG],
          useFactory: (trail: AuditTrail, log: Log) => new ExportHead(trail, log),
        },
        {
          provide: SESSION_STORE,
          inject: [DATABASE],
          useFactory: (db: Database<never>) => new PostgresSessionStore(db),
        },
        {
          provide: RecordSession,
          inject: [SESSION_STORE],
          useFactory: (store: SessionStore) => new RecordSession(store),
        },
        {
          provide: ForgetSessions,
          inject: [SESSION_STORE, CLOCK, LOG],
          useFactory: (store: SessionStore, clock: Clock, log: Log) => new ForgetSessions(store, clock, log),
        },
      ],
    };
  }
}
