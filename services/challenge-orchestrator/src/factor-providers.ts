import type { Provider } from "@nestjs/common";
import { type ConfigurationSource, importOf } from "@portcullis/configuration";
import {
  Argon2Hasher,
  CLOCK,
  type Clock,
  DATABASES,
  type Database,
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
import { PHONES_MESSAGE as phones } from "./adapters/events/phones-message.js";
import { PostgresBlockCopies } from "./adapters/postgres/postgres-block-copies.js";
import { PostgresBypasses } from "./adapters/postgres/postgres-bypasses.js";
import { PostgresDeviceCopies } from "./adapters/postgres/postgres-device-copies.js";
import { PostgresFactors } from "./adapters/postgres/postgres-factors.js";
import { PostgresFileFactors } from "./adapters/postgres/postgres-file-factors.js";
import { PostgresPins } from "./adapters/postgres/postgres-pins.js";
import { PostgresRecoveryCodes } from "./adapters/postgres/postgres-recovery-codes.js";
import { PostgresTokenBatches } from "./adapters/postgres/postgres-token-batches.js";
import { PostgresTokens } from "./adapters/postgres/postgres-tokens.js";
import { PostgresUserCopies } from "./adapters/postgres/postgres-user-copies.js";
import { CheckPin } from "./application/check-pin.js";
import { DescribeFactors } from "./application/describe-factors.js";
import { FileEntries } from "./application/file-entries.js";
import { ImportFactors, type ImportProgress } from "./application/import-factors.js";
import { ImportPins } from "./application/import-pins.js";
import { ImportTokenBatch } from "./application/import-token-batch.js";
import { KeepDevice } from "./application/keep-device.js";
import { OneTimeBypasses } from "./application/one-time-bypasses.js";
import { RecoveryCodes } from "./application/recovery-codes.js";
import { ResynchroniseToken } from "./application/resynchronise-token.js";
import { SetPin } from "./application/set-pin.js";
import type { FactorSettings } from "./domain/factor-settings.js";

export const DATABASE = Symbol("challenge-orchestrator database");

export interface FactorOptions {
  readonly settings: FactorSettings;
  /** The file whose factors are taken over, also when it changes; undefined leaves them as they are. */
  readonly configuration: ConfigurationSource | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  readonly onPinProgress?: ((progress: ImportProgress) => void) | undefined;
}

const STORES = [
  PostgresFactors,
  PostgresUserCopies,
  PostgresPins,
  PostgresBypasses,
  PostgresRecoveryCodes,
  PostgresDeviceCopies,
  PostgresBlockCopies,
  PostgresTokens,
  PostgresTokenBatches,
  PostgresFileFactors,
] as const;

/** What users have for their second factor: stored, changed by commands, and imported. */
export function factorProviders(options: FactorOptions): Provider[] {
  const stores = STORES.map((Store) => ({
    provide: Store,
    inject: [DATABASE],
    useFactory: (db: Database<never>) => new Store(db),
  }));
  return [...stores, ...pins(options.settings), ...commands(), ...importer(options)];
}

function pins(settings: FactorSettings): Provider[] {
  return [
    { provide: Argon2Hasher, inject: [RANDOM], useFactory: (random: Random) => Argon2Hasher.create(random) },
    {
      provide: CheckPin,
      inject: [PostgresPins, Argon2Hasher, Sealer, CLOCK, LOG],
      useFactory: (pins: PostgresPins, hasher: Argon2Hasher, sealer: Sealer, clock: Clock, log: Log) =>
        new CheckPin({ pins, hasher, sealer, clock, log }),
    },
    {
      provide: SetPin,
      inject: [PostgresPins, PostgresFactors, Argon2Hasher, Sealer, CLOCK, LOG],
      useFactory: (
        pins: PostgresPins,
        factors: PostgresFactors,
        hasher: Argon2Hasher,
        sealer: Sealer,
        clock: Clock,
        log: Log,
      ) => new SetPin({ pins, factors, hasher, sealer, phones, clock, log, settings }),
    },
  ];
}

function commands(): Provider[] {
  return [
    {
      provide: OneTimeBypasses,
      inject: [PostgresBypasses, CLOCK, RANDOM, LOG],
      useFactory: (bypasses: PostgresBypasses, clock: Clock, random: Random, log: Log) =>
        new OneTimeBypasses({ bypasses, clock, random, log }),
    },
    {
      provide: RecoveryCodes,
      inject: [PostgresRecoveryCodes, KeyedDigest, RANDOM, LOG],
      useFactory: (codes: PostgresRecoveryCodes, digest: KeyedDigest, random: Random, log: Log) =>
        new RecoveryCodes({ codes, digest, random, log }),
    },
    {
      provide: ResynchroniseToken,
      inject: [PostgresTokens, PostgresFactors, Sealer, KeyedDigest, CLOCK, LOG],
      useFactory: (
        tokens: PostgresTokens,
        factors: PostgresFactors,
        sealer: Sealer,
        digest: KeyedDigest,
        clock: Clock,
        log: Log,
      ) => new ResynchroniseToken({ tokens, factors, sealer, digest, clock, log }),
    },
    {
      provide: ImportTokenBatch,
      inject: [PostgresTokenBatches, Sealer, KeyedDigest, LOG],
      useFactory: (tokens: PostgresTokenBatches, sealer: Sealer, digest: KeyedDigest, log: Log) =>
        new ImportTokenBatch({ tokens, sealer, digest, log }),
    },
    {
      provide: DescribeFactors,
      inject: [PostgresFactors, PostgresDeviceCopies, PostgresRecoveryCodes, Sealer],
      useFactory: (
        factors: PostgresFactors,
        devices: PostgresDeviceCopies,
        recoveryCodes: PostgresRecoveryCodes,
        sealer: Sealer,
      ) => new DescribeFactors({ factors, devices, recoveryCodes, phones, sealer }),
    },
    {
      provide: KeepDevice,
      inject: [PostgresDeviceCopies, Sealer],
      useFactory: (devices: PostgresDeviceCopies, sealer: Sealer) => new KeepDevice(devices, sealer),
    },
  ];
}

function importer({ settings, configuration, onProgress, onPinProgress }: FactorOptions): Provider[] {
  return [
    {
      provide: ImportPins,
      inject: [PostgresPins, Argon2Hasher, Sealer, KeyedDigest, CLOCK],
      useFactory: (pins: PostgresPins, hasher: Argon2Hasher, sealer: Sealer, digest: KeyedDigest, clock: Clock) =>
        new ImportPins({ pins, hasher, sealer, digest, clock, settings, onProgress: onPinProgress }),
    },
    {
      provide: ImportOnStart,
      inject: [PostgresFileFactors, ImportPins, DATABASES, Sealer, KeyedDigest, Readiness, LOG],
      useFactory: (
        factors: PostgresFileFactors,
        importPins: ImportPins,
        databases: Databases,
        sealer: Sealer,
        digest: KeyedDigest,
        readiness: Readiness,
        log: Log,
      ) => {
        const entries = new FileEntries(sealer, digest, phones);
        const parts = { factors, entries, importPins, digest, log, onProgress };
        const file = importOf(configuration, (read, signal) =>
          new ImportFactors({ ...parts, configuration: read }).execute(signal),
        );
        return new ImportOnStart({
          service: "challenge-orchestrator",
          what: "tokens",
          ...file,
          databases,
          readiness,
          log,
        });
      },
    },
  ];
}
