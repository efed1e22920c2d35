import { create, toBinary } from "@bufbuild/protobuf";
import { type DynamicModule, Inject, Injectable, Module, type Provider } from "@nestjs/common";
import {
  CLOCK,
  type Clock,
  DATABASES,
  type Database,
  DatabaseProbe,
  type Databases,
  EVENT_BUS,
  type EventBus,
  KeyedDigest,
  LOG,
  type Log,
  METRICS,
  RANDOM,
  type Random,
  Readiness,
  SEALED_STATES,
  type SealedStates,
  Sealer,
  StateResealer,
  TableResealer,
} from "@portcullis/kit";
import { DeviceChangedSchema, PushSubscriptionSchema } from "@portcullis/proto";
import { Gauge, type Registry } from "prom-client";
import { SystemHosts } from "./adapters/dns/system-hosts.js";
import { BusMobileEvents } from "./adapters/events/bus-mobile-events.js";
import { ChallengeClosedController } from "./adapters/events/challenge-closed.controller.js";
import { ChallengeIssuedController } from "./adapters/events/challenge-issued.controller.js";
import { PushEndedController } from "./adapters/events/push-ended.controller.js";
import { SettingChangedController } from "./adapters/events/setting-changed.controller.js";
import { SettingCopy } from "./adapters/events/setting-copy.js";
import { UserChangedController } from "./adapters/events/user-changed.controller.js";
import { ActivationsController } from "./adapters/http/activations.controller.js";
import { DeviceController } from "./adapters/http/device.controller.js";
import { InboxController } from "./adapters/http/inbox.controller.js";
import { InternalDevicesController } from "./adapters/http/internal-devices.controller.js";
import { SourceAddresses } from "./adapters/http/source-address.js";
import { JoseSignatures } from "./adapters/jose/jose-signatures.js";
import { MIGRATIONS, SCHEMA } from "./adapters/postgres/migrations.js";
import { PostgresDevices } from "./adapters/postgres/postgres-devices.js";
import { PostgresUsers } from "./adapters/postgres/postgres-users.js";
import { SEALED_TABLES } from "./adapters/postgres/sealed-tables.js";
import { ActivateDevice } from "./application/activate-device.js";
import { AnnounceDevices } from "./application/announce-devices.js";
import { AnswerChallenge } from "./application/answer-challenge.js";
import { AuthenticateDevice } from "./application/authenticate-device.js";
import { Changes } from "./application/changes.js";
import { CloseChallenge } from "./application/close-challenge.js";
import { CreateActivation } from "./application/create-activation.js";
import { Inbox } from "./application/inbox.js";
import type { InboxStore, ReplayGuard } from "./application/ports.js";
import { ReadInbox } from "./application/read-inbox.js";
import { RemoveDevice } from "./application/remove-device.js";
import { ShowChallenge } from "./application/show-challenge.js";
import { SubscribeDevice, type Subscription } from "./application/subscribe-device.js";
import type { MobileEnvironmentSettings } from "./config.js";

export interface MobileOptions extends MobileEnvironmentSettings {
  /** Whoever opened them closes them. */
  readonly inboxStore: InboxStore;
  readonly replayGuard: ReplayGuard;
}

const DATABASE = Symbol("mobile database");

/** What the use cases share. */
@Injectable()
class Parts {
  readonly events: BusMobileEvents;
  readonly signatures = new JoseSignatures();

  constructor(
    @Inject(EVENT_BUS) bus: EventBus,
    @Inject(Sealer) readonly sealer: Sealer,
    @Inject(KeyedDigest) readonly digest: KeyedDigest,
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(RANDOM) readonly random: Random,
    @Inject(LOG) readonly log: Log,
    @Inject(PostgresDevices) readonly devices: PostgresDevices,
    @Inject(PostgresUsers) readonly users: PostgresUsers,
    @Inject(SettingCopy) readonly settings: SettingCopy,
  ) {
    this.events = new BusMobileEvents(bus, sealer);
  }
}

/** The back end of the authenticator app: devices, what they are asked and what they answer. */
@Module({})
export class MobileModule {
  static of(options: MobileOptions): DynamicModule {
    return {
      module: MobileModule,
      controllers: [
        ChallengeIssuedController,
        ChallengeClosedController,
        PushEndedController,
        UserChangedController,
        SettingChangedController,
        ActivationsController,
        DeviceController,
        InboxController,
        InternalDevicesController,
      ],
      providers: [Parts, ...database(), ...inboxes(options), ...devices(options)],
    };
  }
}

function database(): Provider[] {
  return [
    {
      provide: DATABASE,
      inject: [DATABASES],
      useFactory: (databases: Databases) => databases.open<never>(SCHEMA, MIGRATIONS),
    },
    {
      provide: DatabaseProbe,
      inject: [DATABASE, Readiness],
      useFactory: (db: Database<never>, readiness: Readiness) => new DatabaseProbe("mobile database", db, readiness),
    },
    {
      provide: TableResealer,
      inject: [DATABASE, Sealer],
      useFactory: (db: Database<never>, sealer: Sealer) =>
        new TableResealer({ service: "mobile", db, tables: SEALED_TABLES, sealer }),
    },
    {
      provide: StateResealer,
      inject: [AnnounceDevices, SEALED_STATES],
      useFactory: (announceDevices: AnnounceDevices, states: SealedStates) =>
        new StateResealer({
          service: "mobile",
          schemas: [DeviceChangedSchema],
          republish: async (signal) => {
            await announceDevices.allAgain(signal);
            return true;
          },
          states,
        }),
    },
    { provide: PostgresDevices, inject: [DATABASE], useFactory: (db: Database<never>) => new PostgresDevices(db) },
    { provide: PostgresUsers, inject: [DATABASE], useFactory: (db: Database<never>) => new PostgresUsers(db) },
    { provide: SettingCopy, inject: [Sealer], useFactory: (sealer: Sealer) => new SettingCopy(sealer) },
  ];
}

function inboxes({ inboxStore }: MobileOptions): Provider[] {
  return [
    {
      provide: Inbox,
      inject: [Parts],
      useFactory: ({ sealer, clock }: Parts) => new Inbox(inboxStore, sealer, clock),
    },
    {
      provide: Changes,
      inject: [METRICS],
      useFactory: (metrics: Registry) => {
        const changes = new Changes(inboxStore);
        const waiting: Gauge = new Gauge({
          name: "portcullis_mobile_waiting_calls",
          help: "Calls of devices that wait for a change of their inbox.",
          collect: () => waiting.set(changes.count),
          registers: [],
        });
        metrics.registerMetric(waiting);
        return changes;
      },
    },
    {
      provide: ReadInbox,
      inject: [Inbox, Changes, CLOCK],
      useFactory: (inbox: Inbox, changes: Changes, clock: Clock) => new ReadInbox(inbox, changes, clock),
    },
    {
      provide: ShowChallenge,
      inject: [Parts, Inbox],
      useFactory: ({ devices, events, clock, log }: Parts, inbox: Inbox) =>
        new ShowChallenge({ inbox, devices, events, clock, log }),
    },
    { provide: CloseChallenge, inject: [Inbox], useFactory: (inbox: Inbox) => new CloseChallenge(inbox) },
    {
      provide: AnswerChallenge,
      inject: [Parts, Inbox, Changes],
      useFactory: ({ events, digest, clock }: Parts, inbox: Inbox, changes: Changes) =>
        new AnswerChallenge({ inbox, changes, events, digest, clock }),
    },
  ];
}

function devices({ trustedProxies, allowLoopbackPush, replayGuard }: MobileOptions): Provider[] {
  const encode = (subscription: Subscription) =>
    toBinary(PushSubscriptionSchema, create(PushSubscriptionSchema, { ...subscription }));
  return [
    { provide: SourceAddresses, useFactory: () => new SourceAddresses(trustedProxies) },
    {
      provide: AnnounceDevices,
      inject: [Parts],
      useFactory: ({ devices, events, clock, log }: Parts) => new AnnounceDevices({ devices, events, clock, log }),
    },
    {
      provide: CreateActivation,
      inject: [Parts],
      useFactory: ({ users, devices, settings, digest, random, clock }: Parts) =>
        new CreateActivation({ users, devices, settings, digest, random, clock }),
    },
    {
      provide: ActivateDevice,
      inject: [Parts, AnnounceDevices],
      useFactory: (parts: Parts, announceDevices: AnnounceDevices) => {
        const { devices, settings, signatures, sealer, digest, random, clock } = parts;
        return new ActivateDevice({ devices, settings, signatures, announceDevices, sealer, digest, random, clock });
      },
    },
    {
      provide: AuthenticateDevice,
      inject: [Parts],
      useFactory: ({ devices, signatures, clock }: Parts) =>
        new AuthenticateDevice({ devices, signatures, replays: replayGuard, clock }),
    },
    {
      provide: SubscribeDevice,
      inject: [Parts],
      useFactory: ({ devices, sealer }: Parts) =>
        new SubscribeDevice({ devices, hosts: new SystemHosts(), sealer, encode, allowLoopback: allowLoopbackPush }),
    },
    {
      provide: RemoveDevice,
      inject: [Parts, AnnounceDevices],
      useFactory: ({ devices, clock }: Parts, announceDevices: AnnounceDevices) =>
        new RemoveDevice(devices, announceDevices, clock),
    },
  ];
}
