import { type DynamicModule, Inject, Injectable, Module, type Provider } from "@nestjs/common";
import type { ConfigurationSource } from "@portcullis/configuration";
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
  Stages,
  TableResealer,
  Tracing,
} from "@portcullis/kit";
import { PENDING_STORE, type PendingStore } from "@portcullis/login";
import type { Registry } from "prom-client";
import { BlockRegistry } from "./adapters/events/block-registry.js";
import { ChallengeAnsweredController } from "./adapters/events/challenge-answered.controller.js";
import { ClientChangedController } from "./adapters/events/client-changed.controller.js";
import { ClientRegistry } from "./adapters/events/client-registry.js";
import { DeliveryReportedController } from "./adapters/events/delivery-reported.controller.js";
import { DeviceChangedController } from "./adapters/events/device-changed.controller.js";
import { EventPublisher } from "./adapters/events/event-publisher.js";
import { FactorAnsweredController } from "./adapters/events/factor-answered.controller.js";
import { FraudSetting } from "./adapters/events/fraud-setting.js";
import { PrimaryDecidedController } from "./adapters/events/primary-decided.controller.js";
import { SettingChangedController } from "./adapters/events/setting-changed.controller.js";
import { UserBlockChangedController } from "./adapters/events/user-block-changed.controller.js";
import { UserChangedController } from "./adapters/events/user-changed.controller.js";
import { FactorsController } from "./adapters/http/factors.controller.js";
import { ManualAnswersController } from "./adapters/http/manual-answers.controller.js";
import { PolicyController } from "./adapters/http/policy.controller.js";
import { TokenImportsController } from "./adapters/http/token-imports.controller.js";
import { UsersController } from "./adapters/http/users.controller.js";
import { MIGRATIONS, SCHEMA } from "./adapters/postgres/migrations.js";
import { PostgresBlockCopies } from "./adapters/postgres/postgres-block-copies.js";
import { PostgresFactors } from "./adapters/postgres/postgres-factors.js";
import { SEALED_TABLES } from "./adapters/postgres/sealed-tables.js";
import { challengeCodec } from "./adapters/protobuf/challenge-codec.js";
import { createLoginReport } from "./adapters/telemetry/login-report.js";
import { OverdueLoop } from "./adapters/timers/overdue-loop.js";
import { AnswerFactor } from "./application/answer-factor.js";
import { CheckPin } from "./application/check-pin.js";
import { LoginUseCases } from "./application/compose.js";
import { EndLogins } from "./application/end-logins.js";
import { ExplainPolicy } from "./application/explain-policy.js";
import { HandleDelivery } from "./application/handle-delivery.js";
import type { ImportProgress } from "./application/import-factors.js";
import { ManualAnswers } from "./application/manual-answers.js";
import { OpenChallenge } from "./application/open-challenge.js";
import { VerifyAnswer } from "./application/verify-answer.js";
import type { ChallengeSettings } from "./domain/settings.js";
import { DATABASE, factorProviders } from "./factor-providers.js";

export interface ChallengeOrchestratorOptions {
  readonly settings: ChallengeSettings;
  /** The file whose factors are taken over, also when it changes; undefined leaves them as they are. */
  readonly configuration: ConfigurationSource | undefined;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly onPinProgress?: (progress: ImportProgress) => void;
}

const CLIENT_REGISTRY: Provider = {
  provide: ClientRegistry,
  inject: [Sealer],
  useFactory: (sealer: Sealer) => new ClientRegistry(sealer),
};

const BLOCK_REGISTRY: Provider = {
  provide: BlockRegistry,
  inject: [PostgresBlockCopies],
  useFactory: async (copies: PostgresBlockCopies) => new BlockRegistry(await copies.list()),
};

const FRAUD_SETTING: Provider = {
  provide: FraudSetting,
  inject: [Sealer],
  useFactory: (sealer: Sealer) => new FraudSetting(sealer),
};

/** The second factor: challenges, their answers, and the end of every login. */
@Module({})
export class ChallengeOrchestratorModule {
  static of(options: ChallengeOrchestratorOptions): DynamicModule {
    return {
      module: ChallengeOrchestratorModule,
      controllers: [
        PrimaryDecidedController,
        ChallengeAnsweredController,
        FactorAnsweredController,
        DeliveryReportedController,
        SettingChangedController,
        ManualAnswersController,
        TokenImportsController,
        UsersController,
        PolicyController,
        FactorsController,
        DeviceChangedController,
        UserBlockChangedController,
        UserChangedController,
        ClientChangedController,
      ],
      providers: [
        CLIENT_REGISTRY,
        FRAUD_SETTING,
        BLOCK_REGISTRY,
        ...database(),
        ...factorProviders({ ...options, settings: options.settings.factors }),
        ...logins(options.settings),
      ],
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
      useFactory: (db: Database<never>, readiness: Readiness) =>
        new DatabaseProbe("challenge-orchestrator database", db, readiness),
    },
    {
      provide: TableResealer,
      inject: [DATABASE, Sealer],
      useFactory: (db: Database<never>, sealer: Sealer) =>
        new TableResealer({ service: "challenge-orchestrator", db, tables: SEALED_TABLES, sealer }),
    },
  ];
}

/** Everything that the login path stands on, for `LoginUseCases`. */
@Injectable()
class Ports {
  constructor(
    @Inject(PENDING_STORE) readonly store: PendingStore,
    @Inject(ClientRegistry) readonly clients: ClientRegistry,
    @Inject(PostgresFactors) readonly factors: PostgresFactors,
    @Inject(BlockRegistry) readonly blocks: BlockRegistry,
    @Inject(CheckPin) readonly checkPin: CheckPin,
    @Inject(FraudSetting) readonly fraud: FraudSetting,
    @Inject(EVENT_BUS) readonly bus: EventBus,
    @Inject(Sealer) readonly sealer: Sealer,
    @Inject(KeyedDigest) readonly digest: KeyedDigest,
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(RANDOM) readonly random: Random,
    @Inject(LOG) readonly log: Log,
    @Inject(METRICS) readonly metrics: Registry,
    @Inject(Stages) readonly stages: Stages,
    @Inject(Tracing) readonly tracing: Tracing,
  ) {}
}

function logins(settings: ChallengeSettings): Provider[] {
  const useCases: Provider = {
    provide: LoginUseCases,
    inject: [Ports],
    useFactory: ({ bus, fraud, metrics, tracing, ...ports }: Ports) => {
      const { sealer, log } = ports;
      const events = new EventPublisher(bus, sealer);
      const report = createLoginReport(metrics, log, tracing);
      const fraudCode = () => fraud.code;
      return new LoginUseCases({ ...ports, events, codec: challengeCodec, fraudCode, report }, settings);
    },
  };
  const loop: Provider = {
    provide: OverdueLoop,
    inject: [LoginUseCases, LOG],
    useFactory: ({ sweep }: LoginUseCases, log: Log) => new OverdueLoop(() => sweep.execute(), log),
  };
  const explain: Provider = {
    provide: ExplainPolicy,
    inject: [ClientRegistry, PostgresFactors, CLOCK],
    useFactory: (clients: ClientRegistry, factors: PostgresFactors, clock: Clock) =>
      new ExplainPolicy(clients, factors, clock),
  };
  return [Ports, useCases, loop, explain, ...USE_CASES];
}

/** What controllers ask for, each by itself. */
const USE_CASES: readonly Provider[] = [
  { provide: OpenChallenge, inject: [LoginUseCases], useFactory: (all: LoginUseCases) => all.openChallenge },
  { provide: VerifyAnswer, inject: [LoginUseCases], useFactory: (all: LoginUseCases) => all.verifyAnswer },
  { provide: AnswerFactor, inject: [LoginUseCases], useFactory: (all: LoginUseCases) => all.answerFactor },
  { provide: HandleDelivery, inject: [LoginUseCases], useFactory: (all: LoginUseCases) => all.handleDelivery },
  { provide: EndLogins, inject: [LoginUseCases], useFactory: (all: LoginUseCases) => all.endLogins },
  { provide: ManualAnswers, inject: [LoginUseCases], useFactory: (all: LoginUseCases) => all.manualAnswers },
];
