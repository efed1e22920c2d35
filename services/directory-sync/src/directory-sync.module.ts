import { type DynamicModule, Module } from "@nestjs/common";
import { type ConfigurationSource, importOf } from "@portcullis/configuration";
import {
  DATABASES,
  type Databases,
  EVENT_BUS,
  type EventBus,
  ImportOnStart,
  type ImportOutcome,
  KeyedDigest,
  LOG,
  type Log,
  Readiness,
} from "@portcullis/kit";
import { BusUserAnnouncer } from "./adapters/events/bus-user-announcer.js";
import { migrations, SCHEMA } from "./adapters/postgres/migrations.js";
import { PostgresUserStore } from "./adapters/postgres/postgres-user-store.js";
import { ImportUsers } from "./application/import-users.js";
import type { OnProgress } from "./application/ports.js";
import { PublishUsers } from "./application/publish-users.js";

export interface DirectorySyncOptions {
  /** The file whose users are taken over, also when it changes; undefined leaves users as they are. */
  readonly configuration: ConfigurationSource | undefined;
  readonly onProgress?: OnProgress;
}

/** The owner of users. */
@Module({})
export class DirectorySyncModule {
  static of(options: DirectorySyncOptions): DynamicModule {
    const { configuration, onProgress = () => undefined } = options;
    return {
      module: DirectorySyncModule,
      providers: [
        {
          provide: ImportOnStart,
          inject: [DATABASES, EVENT_BUS, KeyedDigest, Readiness, LOG],
          useFactory: async (
            databases: Databases,
            bus: EventBus,
            digest: KeyedDigest,
            readiness: Readiness,
            log: Log,
          ): Promise<ImportOnStart> => {
            const store = new PostgresUserStore(await databases.open<never>(SCHEMA, migrations));
            const importUsers = new ImportUsers({ store, digest, log, onProgress });
            const publishUsers = new PublishUsers(store, new BusUserAnnouncer(bus), onProgress);
            const file = importOf(configuration, (read, signal) => importUsers.run(read, signal));
            const run = async (signal: AbortSignal): Promise<ImportOutcome> => {
              const outcome = await file.run(signal);
              const published = await publishUsers.run(signal);
              if (published > 0) log.info("users.published", { users: published });
              return outcome;
            };
            const { changed } = file;
            const what = { service: "directory-sync", what: "users" };
            return new ImportOnStart({ ...what, run, changed, databases, readiness, log });
          },
        },
      ],
    };
  }
}
