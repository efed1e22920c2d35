import { type DynamicModule, Module } from "@nestjs/common";
import { type ConfigurationSource, importOf } from "@portcullis/configuration";
import {
  Argon2Hasher,
  CLOCK,
  type Clock,
  DATABASES,
  type Database,
  DatabaseProbe,
  type Databases,
  ImportOnStart,
  KeyedDigest,
  LOG,
  type Log,
  METRICS,
  RANDOM,
  type Random,
  Readiness,
  Sealer,
} from "@portcullis/kit";
import { PENDING_STORE, type PendingStore, ReplySealer } from "@portcullis/login";
import type { Registry } from "prom-client";
import { AccountingRequestedController } from "./adapters/events/accounting-requested.controller.js";
import { ConfigurationController } from "./adapters/events/configuration.controller.js";
import { LoginRequestedController } from "./adapters/events/login-requested.controller.js";
import { ACCOUNT_STORE, UserChangedController } from "./adapters/events/user-changed.controller.js";
import { migrations, SCHEMA } from "./adapters/postgres/migrations.js";
import { PostgresAccountStore } from "./adapters/postgres/postgres-account-store.js";
import { PostgresFilePasswordStore } from "./adapters/postgres/postgres-file-password-store.js";
import { PostgresLearntServers } from "./adapters/postgres/postgres-learnt-servers.js";
import { createTargetMetrics } from "./adapters/prometheus/target-metrics.js";
import { LearntServerMemory } from "./adapters/radius-target/learnt-servers.js";
import { TargetFactory } from "./adapters/radius-target/target-factory.js";
import { CheckFirstFactor } from "./application/check-first-factor.js";
import { ClientRegistry } from "./application/client-registry.js";
import { ForwardAccounting } from "./application/forward-accounting.js";
import { ImportPasswords } from "./application/import-passwords.js";

export interface AuthnPrimaryOptions {
  /** The file whose passwords are taken over, also when it changes; undefined leaves passwords as they are. */
  readonly configuration: ConfigurationSource | undefined;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number | undefined }) => void;
}

const DATABASE = Symbol("authn-primary database");

/** The first factor. */
@Module({})
export class AuthnPrimaryModule {
  static of(options: AuthnPrimaryOptions): DynamicModule {
    return {
      module: AuthnPrimaryModule,
      controllers: [
        LoginRequestedController,
        AccountingRequestedController,
        ConfigurationController,
        UserChangedController,
      ],
      providers: [
        ClientRegistry,
        {
          provide: DATABASE,
          inject: [DATABASES],
          useFactory: (databases: Databases) => databases.open<never>(SCHEMA, migrations),
        },
        {
          provide: ACCOUNT_STORE,
          inject: [DATABASE],
          useFactory: (db: Database<never>) => new PostgresAccountStore(db),
        },
        {
          provide: DatabaseProbe,
          inject: [DATABASE, Readiness],
          useFactory: (db: Database<never>, readiness: Readiness) =>
            new DatabaseProbe("authn-primary database", db, readiness),
        },
        { provide: Argon2Hasher, inject: [RANDOM], useFactory: (random: Random) => Argon2Hasher.create(random) },
        {
          provide: TargetFactory,
          inject: [Argon2Hasher, Sealer, KeyedDigest, CLOCK, RANDOM, METRICS, LOG, DATABASE],
          useFactory: targetFactory,
        },
        {
          provide: CheckFirstFactor,
          inject: [ACCOUNT_STORE, ClientRegistry, Sealer, KeyedDigest],
          useFactory: (accounts: PostgresAccountStore, targets: ClientRegistry, sealer: Sealer, digest: KeyedDigest) =>
            new CheckFirstFactor({ accounts, targets, sealer, digest }),
        },
        {
          provide: ForwardAccounting,
          inject: [PENDING_STORE, ClientRegistry, Sealer, RANDOM],
          useFactory: (store: PendingStore, targets: ClientRegistry, sealer: Sealer, random: Random) =>
            new ForwardAccounting({ store, replies: new ReplySealer(sealer), targets, sealer, random }),
        },
        {
          provide: ImportOnStart,
          inject: [DATABASE, DATABASES, Argon2Hasher, KeyedDigest, Readiness, LOG],
          useFactory: importerOf(options),
        },
      ],
    };
  }
}

async function targetFactory(
  hasher: Argon2Hasher,
  sealer: Sealer,
  digest: KeyedDigest,
  clock: Clock,
  random: Random,
  registry: Registry,
  log: Log,
  db: Database<never>,
): Promise<TargetFactory> {
  const onError = (error: unknown): void => log.warn("target.learnt_not_kept", { error });
  const learnt = await LearntServerMemory.load(new PostgresLearntServers(db), onError);
  const metrics = createTargetMetrics(registry);
  return new TargetFactory({ hasher, sealer, digest, clock, random, log, metrics, learnt });
}

function importerOf({ configuration, onProgress = () => undefined }: AuthnPrimaryOptions) {
  return (
    db: Database<never>,
    databases: Databases,
    hasher: Argon2Hasher,
    digest: KeyedDigest,
    readiness: Readiness,
    log: Log,
  ): ImportOnStart => {
    const store = new PostgresFilePasswordStore(db);
    const importPasswords = new ImportPasswords({ store, hasher, digest, log, onProgress });
    const file = importOf(configuration, (read, signal) => importPasswords.run(read, signal));
    return new ImportOnStart({ service: "authn-primary", what: "passwords", ...file, databases, readiness, log });
  };
}
