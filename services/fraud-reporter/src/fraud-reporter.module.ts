import { type DynamicModule, Module } from "@nestjs/common";
import {
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
import { LoginDecidedController } from "./adapters/events/login-decided.controller.js";
import { AuditController } from "./adapters/http/audit.controller.js";
import { migrations, SCHEMA } from "./adapters/postgres/migrations.js";
import { PostgresAuditTrail } from "./adapters/postgres/postgres-audit-trail.js";
import { ExportHead } from "./application/export-head.js";
import type { AuditTrail } from "./application/ports.js";
import { RecordLogin } from "./application/record-login.js";
import { VerifyAudit } from "./application/verify-audit.js";
import { AuditChain } from "./domain/audit-chain.js";

const DATABASE = Symbol("fraud-reporter database");
const AUDIT_TRAIL = Symbol("AUDIT_TRAIL");

@Module({})
export class FraudReporterModule {
  static of(): DynamicModule {
    return {
      module: FraudReporterModule,
      controllers: [LoginDecidedController, AuditController],
      providers: [
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
      ],
    };
  }
}
