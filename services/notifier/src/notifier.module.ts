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
  Sealer,
  TableResealer,
} from "@portcullis/kit";
import type { Registry } from "prom-client";
import { ChallengeClosedController } from "./adapters/events/challenge-closed.controller.js";
import { ChallengeIssuedController } from "./adapters/events/challenge-issued.controller.js";
import { EventPublisher } from "./adapters/events/event-publisher.js";
import { MailRequestedController } from "./adapters/events/mail-requested.controller.js";
import { PushRequestedController } from "./adapters/events/push-requested.controller.js";
import { SettingChangedController } from "./adapters/events/setting-changed.controller.js";
import { OutboxController } from "./adapters/http/outbox.controller.js";
import { RequestBudget } from "./adapters/http/request-budget.js";
import { TwilioWebhooksController } from "./adapters/http/twilio-webhooks.controller.js";
import { MIGRATIONS, SCHEMA } from "./adapters/postgres/migrations.js";
import { PostgresChallenges } from "./adapters/postgres/postgres-challenges.js";
import { PostgresDeliveries } from "./adapters/postgres/postgres-deliveries.js";
import { PostgresMails } from "./adapters/postgres/postgres-mails.js";
import { SEALED_TABLES } from "./adapters/postgres/sealed-tables.js";
import type { Inbound } from "./adapters/providers/inbound.js";
import { Outbox, type OutboxEntry } from "./adapters/providers/outbox/outbox.js";
import { PlayOutbox } from "./adapters/providers/outbox/play-outbox.js";
import { ProviderRegistry } from "./adapters/providers/provider-registry.js";
import { WebPusher } from "./adapters/providers/web-push/web-pusher.js";
import { createDeliveryReport } from "./adapters/telemetry/delivery-metrics.js";
import { SweepLoop } from "./adapters/timers/sweep-loop.js";
import { timerPause as pause } from "./adapters/timers/timer-pause.js";
import { CloseChallenge } from "./application/close-challenge.js";
import { ConductCall } from "./application/conduct-call.js";
import { Dial } from "./application/dial.js";
import { FailoverLine } from "./application/failover-line.js";
import { HangUp } from "./application/hang-up.js";
import type { Challenges, Deliveries, DeliveryReport, Mails, NotifierEvents } from "./application/ports.js";
import { QueueMail } from "./application/queue-mail.js";
import { ReachPerson } from "./application/reach-person.js";
import { SendMails } from "./application/send-mails.js";
import { SendText } from "./application/send-text.js";
import { Sweep } from "./application/sweep.js";
import { TakeReceipt } from "./application/take-receipt.js";
import { TakeText } from "./application/take-text.js";
import { TellOutcome } from "./application/tell-outcome.js";
import { WakeDevice } from "./application/wake-device.js";

export interface NotifierOptions {
  /** Told of each new entry of the outbox, where the configuration has one. */
  readonly onOutboxEntry?: (entry: OutboxEntry) => void;
}

const DATABASE = Symbol("notifier database");
const INBOUND = Symbol("INBOUND");

/** What the use cases share. */
@Injectable()
class Parts {
  readonly challenges: Challenges;
  readonly deliveries: Deliveries;
  readonly mails: Mails;
  readonly events: NotifierEvents;
  readonly report: DeliveryReport;
  readonly processId: string;
  readonly pause = pause;

  constructor(
    @Inject(DATABASE) db: Database<never>,
    @Inject(Sealer) sealer: Sealer,
    @Inject(EVENT_BUS) bus: EventBus,
    @Inject(METRICS) metrics: Registry,
    @Inject(RANDOM) random: Random,
    @Inject(KeyedDigest) readonly digest: KeyedDigest,
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(LOG) readonly log: Log,
  ) {
    this.challenges = new PostgresChallenges(db, sealer);
    this.deliveries = new PostgresDeliveries(db);
    this.mails = new PostgresMails(db, sealer);
    this.events = new EventPublisher(bus, sealer, clock);
    this.report = createDeliveryReport(metrics);
    this.processId = random.bytes(16).toString("hex");
  }
}

/** Calls, texts, mails and pushes through the providers of the configuration. */
@Module({})
export class NotifierModule {
  static of(options: NotifierOptions = {}): DynamicModule {
    return {
      module: NotifierModule,
      controllers: [
        ChallengeIssuedController,
        ChallengeClosedController,
        MailRequestedController,
        PushRequestedController,
        SettingChangedController,
        TwilioWebhooksController,
        OutboxController,
      ],
      providers: [Parts, ...database(), ...providers(options), ...reaching(), ...answers(), ...others()],
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
      provide: TableResealer,
      inject: [DATABASE, Sealer],
      useFactory: (db: Database<never>, sealer: Sealer) =>
        new TableResealer({ service: "notifier", db, tables: SEALED_TABLES, sealer }),
    },
    {
      provide: DatabaseProbe,
      inject: [DATABASE, Readiness],
      useFactory: (db: Database<never>, readiness: Readiness) => new DatabaseProbe("notifier database", db, readiness),
    },
  ];
}

function providers({ onOutboxEntry }: NotifierOptions): Provider[] {
  return [
    {
      provide: Outbox,
      inject: [CLOCK, RANDOM],
      useFactory: (clock: Clock, random: Random) => new Outbox(clock, random, onOutboxEntry),
    },
    // Filled in below: what comes in needs the use cases, and these need the providers.
    { provide: INBOUND, useFactory: (): { is?: Inbound } => ({}) },
    {
      provide: ProviderRegistry,
      inject: [Sealer, Outbox, RANDOM, LOG, INBOUND],
      useFactory: (sealer: Sealer, outbox: Outbox, random: Random, log: Log, inbound: { is?: Inbound }) =>
        new ProviderRegistry({ sealer, outbox, random, log, inbound: () => connected(inbound) }),
    },
    {
      provide: FailoverLine,
      inject: [Parts, ProviderRegistry],
      useFactory: ({ clock, report, log }: Parts, registry: ProviderRegistry) =>
        new FailoverLine({ entries: () => registry.entries(), clock, pause, report, log }),
    },
    { provide: RequestBudget, inject: [CLOCK], useFactory: (clock: Clock) => new RequestBudget(clock) },
  ];
}

function connected({ is }: { readonly is?: Inbound }): Inbound {
  if (is === undefined) throw new Error("Providers were made before anybody could take what they hand in.");
  return is;
}

function reaching(): Provider[] {
  return [
    { provide: TellOutcome, inject: [Parts], useFactory: (parts: Parts) => new TellOutcome(parts) },
    {
      provide: HangUp,
      inject: [Parts, FailoverLine],
      useFactory: (parts: Parts, line: FailoverLine) =>
        new HangUp({ challenges: parts.challenges, clock: parts.clock, log: parts.log, line }),
    },
    {
      provide: Dial,
      inject: [Parts, FailoverLine, ProviderRegistry, TellOutcome, HangUp],
      useFactory: (
        { challenges, deliveries, clock, processId }: Parts,
        line: FailoverLine,
        source: ProviderRegistry,
        tell: TellOutcome,
        hangUp: HangUp,
      ) => new Dial({ challenges, deliveries, line, source, tell, hangUp, clock, pause, processId }),
    },
    {
      provide: SendText,
      inject: [Parts, FailoverLine, ProviderRegistry, TellOutcome],
      useFactory: (
        { deliveries, clock, processId }: Parts,
        line: FailoverLine,
        source: ProviderRegistry,
        tell: TellOutcome,
      ) => new SendText({ deliveries, line, source, tell, clock, processId }),
    },
    {
      provide: ReachPerson,
      inject: [Parts, Dial, SendText, TellOutcome],
      useFactory: ({ challenges, digest, clock }: Parts, dial: Dial, sendText: SendText, tell: TellOutcome) =>
        new ReachPerson({ challenges, dial, sendText, tell, digest, clock }),
    },
    {
      provide: CloseChallenge,
      inject: [Parts, HangUp, ProviderRegistry],
      useFactory: ({ challenges, clock }: Parts, hangUp: HangUp, source: ProviderRegistry) =>
        new CloseChallenge({ challenges, hangUp, source, clock }),
    },
  ];
}

function answers(): Provider[] {
  return [
    {
      provide: ConductCall,
      inject: [Parts, ProviderRegistry, TellOutcome, Dial],
      useFactory: ({ challenges, events, clock }: Parts, source: ProviderRegistry, tell: TellOutcome, dial: Dial) =>
        new ConductCall({ challenges, events, source, tell, dial, clock, pause }),
    },
    { provide: TakeText, inject: [Parts], useFactory: (parts: Parts) => new TakeText(parts) },
    {
      provide: TakeReceipt,
      inject: [Parts, TellOutcome, TakeText, INBOUND],
      useFactory: ({ deliveries }: Parts, tell: TellOutcome, takeText: TakeText, inbound: { is?: Inbound }) => {
        const takeReceipt = new TakeReceipt({ deliveries, tell, pause });
        inbound.is = {
          text: async (from, text) => void (await takeText.execute(from, text)),
          receipt: (provider, reference, state) => takeReceipt.byReference(provider, reference, state),
        };
        return takeReceipt;
      },
    },
    {
      provide: PlayOutbox,
      inject: [Outbox, ConductCall, TakeText],
      useFactory: (outbox: Outbox, conduct: ConductCall, takeText: TakeText) =>
        new PlayOutbox({ outbox, conduct, takeText }),
    },
  ];
}

function others(): Provider[] {
  return [
    {
      provide: QueueMail,
      inject: [Parts, ProviderRegistry],
      useFactory: ({ mails, clock }: Parts, source: ProviderRegistry) => new QueueMail(mails, source, clock),
    },
    {
      provide: WebPusher,
      inject: [ProviderRegistry],
      useFactory: (registry: ProviderRegistry) => new WebPusher(() => registry.webPush),
    },
    {
      provide: WakeDevice,
      inject: [Parts, WebPusher],
      useFactory: ({ events, report, clock, log }: Parts, pusher: WebPusher) =>
        new WakeDevice({ pusher, events, report, clock, log }),
    },
    {
      provide: SweepLoop,
      inject: [Parts, TellOutcome, ConductCall, HangUp, FailoverLine],
      useFactory: (
        { challenges, deliveries, mails, report, clock, log }: Parts,
        tell: TellOutcome,
        conduct: ConductCall,
        hangUp: HangUp,
        line: FailoverLine,
      ) => {
        const sweep = new Sweep({ challenges, deliveries, mails, tell, conduct, hangUp, clock, log });
        const sendMails = new SendMails({ mails, line, report, clock, log });
        return new SweepLoop(async () => {
          await sweep.execute();
          await sendMails.execute();
        }, log);
      },
    },
  ];
}
