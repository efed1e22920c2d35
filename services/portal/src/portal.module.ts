import { type DynamicModule, Module } from "@nestjs/common";
import { type ConfigurationSource, importOf } from "@portcullis/configuration";
import {
  DATABASES,
  type Databases,
  EVENT_BUS,
  type EventBus,
  ImportOnStart,
  KeyedDigest,
  LOG,
  type Log,
  Readiness,
  SEALED_STATES,
  type SealedStates,
  Sealer,
  StateResealer,
  Unavailable,
} from "@portcullis/kit";
import { ClientChangedSchema, SettingChangedSchema, TargetChangedSchema } from "@portcullis/proto";
import { EventConfigurationPublisher } from "./adapters/events/event-configuration-publisher.js";
import { migrations, SCHEMA } from "./adapters/postgres/migrations.js";
import { PostgresItemRecords, type Tables } from "./adapters/postgres/postgres-item-records.js";
import { ImportConfiguration } from "./application/import-configuration.js";

export interface PortalOptions {
  /** The file whose clients, targets and settings are brought into force, also when it changes; without it nothing is imported. */
  readonly configuration: ConfigurationSource | undefined;
}

@Module({})
export class PortalModule {
  static of({ configuration }: PortalOptions): DynamicModule {
    return {
      module: PortalModule,
      providers: [
        {
          provide: ImportConfiguration,
          inject: [DATABASES, EVENT_BUS, Sealer, KeyedDigest, LOG],
          useFactory: async (databases: Databases, bus: EventBus, sealer: Sealer, digest: KeyedDigest, log: Log) =>
            new ImportConfiguration({
              records: new PostgresItemRecords(await databases.open<Tables>(SCHEMA, migrations)),
              publisher: new EventConfigurationPublisher(bus, sealer),
              digest,
              log,
            }),
        },
        {
          provide: ImportOnStart,
          inject: [ImportConfiguration, DATABASES, Readiness, LOG],
          useFactory: (importer: ImportConfiguration, databases: Databases, readiness: Readiness, log: Log) =>
            configuration === undefined
              ? undefined
              : new ImportOnStart({
                  service: "portal",
                  what: "clients, targets and settings",
                  ...importOf(configuration, (read) => importer.execute(read)),
                  databases,
                  readiness,
                  log,
                }),
        },
        {
          provide: StateResealer,
          inject: [ImportConfiguration, { token: ImportOnStart, optional: true }, SEALED_STATES],
          useFactory: (importer: ImportConfiguration, file: ImportOnStart | undefined, states: SealedStates) =>
            new StateResealer({
              service: "portal",
              schemas: [ClientChangedSchema, TargetChangedSchema, SettingChangedSchema],
              republish: () => republish(importer, file),
              states,
            }),
        },
      ],
    };
  }
}

/** Whoever has the lock publishes; a file that is wrong now has nothing to say. */
async function republish(importer: ImportConfiguration, file: ImportOnStart | undefined): Promise<boolean> {
  importer.publishAllAgain();
  const report = await file?.again();
  if (report?.outcome === "failed") throw new Unavailable("The configuration was not published again.");
  if (report?.outcome === "refused") throw new Error("The configuration file is wrong; nothing was published again.");
  return report !== undefined && report.outcome !== "elsewhere";
}
