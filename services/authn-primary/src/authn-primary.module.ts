import { type DynamicModule, Module } from "@nestjs/common";
import type { Configuration } from "@portcullis/configuration";
import {
  DATABASES,
  type Database,
  DatabaseProbe,
  type Databases,
  ImportOnStart,
  KeyedDigest,
  LOG,
  type Log,
  RANDOM,
  type Random,
  Readiness,
  Sealer,
} from "@portcullis/kit";
import { Argon2Hasher } from "./adapters/argon2/argon2-hasher.js";
import { ConfigurationController } from "./adapters/events/configuration.controller.js";
import { LoginRequestedController } from "./adapters/events/login-requested.controller.js";
import { ACCOUNT_STORE, UserChangedController } from "./adapters/events/user-changed.controller.js";
import { migrations, SCHEMA } from "./adapters/postgres/migrations.js";
import { PostgresAccountStore } from "./adapters/postgres/postgres-account-store.js";
import { PostgresFilePasswordStore } from "./adapters/postgres/postgres-file-password-store.js";
import { CheckFirstFactor } from "./application/check-first-factor.js";
import { ClientRegistry } from "./application/client-registry.js";
import { ImportPasswords } from "./application/import-passwords.js";
import { LocalTarget } from "./application/targets/local-target.js";
import { NoneTarget } from "./application/targets/none-target.js";

export interface AuthnPrimaryOptions {
  /** The file whose passwords are taken over; undefined leaves passwords as they are. */
  readonly configuration: Configuration | undefined;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number | undefined }) => void;
}

const DATABASE = Symbol("authn-primary database");

/** The first factor. */
@Module({})
export class AuthnPrimaryModule {
  static of(options: AuthnPrimaryOptions): DynamicModule {
    return {
      module: AuthnPrimaryModule,
      controllers: [LoginRequestedController, ConfigurationController, UserChangedController],
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
          provide: CheckFirstFactor,
          inject: [ACCOUNT_STORE, ClientRegistry, Argon2Hasher, Sealer, KeyedDigest],
          useFactory: checkFirstFactor,
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

function checkFirstFactor(
  accounts: PostgresAccountStore,
  clients: ClientRegistry,
  hasher: Argon2Hasher,
  sealer: Sealer,
  digest: KeyedDigest,
): CheckFirstFactor {
  const targets = { local: new LocalTarget(hasher), none: new NoneTarget() };
  return new CheckFirstFactor({ accounts, clients, targets, sealer, digest });
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
    const run = async (signal: AbortSignal): Promise<void> => {
      if (configuration !== undefined) await importPasswords.run(configuration, signal);
    };
    return new ImportOnStart({ service: "authn-primary", what: "passwords", run, databases, readiness, log });
  };
}
