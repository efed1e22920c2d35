import { type DynamicModule, Inject, Injectable, Module, type Provider } from "@nestjs/common";
import { type ConfigurationSource, importOf } from "@portcullis/configuration";
import {
  CLOCK,
  type Clock,
  DATABASES,
  type Database,
  DatabaseProbe,
  type Databases,
  EVENT_BUS,
  type EventBus,
  ImportOnStart,
  KeyedDigest,
  LOG,
  type Log,
  METRICS,
  RANDOM,
  type Random,
  Readiness,
  Sealer,
  Stages,
  Tracing,
} from "@portcullis/kit";
import { PENDING_STORE, type PendingStore, ReplySealer, StateSealer } from "@portcullis/login";
import type { Registry } from "prom-client";
import { ApprovalGivenController } from "./adapters/events/approval-given.controller.js";
import { ChallengeAnsweredController } from "./adapters/events/challenge-answered.controller.js";
import { ClientChangedController } from "./adapters/events/client-changed.controller.js";
import { ClientRegistry } from "./adapters/events/client-registry.js";
import { EventPublisher } from "./adapters/events/event-publisher.js";
import { PrimaryDecidedController } from "./adapters/events/primary-decided.controller.js";
import { UserChangedController } from "./adapters/events/user-changed.controller.js";
import { ManualAnswersController } from "./adapters/http/manual-answers.controller.js";
import { TokenImportsController } from "./adapters/http/token-imports.controller.js";
import { MIGRATIONS, SCHEMA } from "./adapters/postgres/migrations.js";
import { PostgresFactors } from "./adapters/postgres/postgres-factors.js";
import { PostgresFileFactors } from "./adapters/postgres/postgres-file-factors.js";
import { PostgresTokenBatches } from "./adapters/postgres/postgres-token-batches.js";
import { PostgresUserCopies } from "./adapters/postgres/postgres-user-copies.js";
import { createLoginReport } from "./adapters/telemetry/login-report.js";
import { OverdueLoop } from "./adapters/timers/overdue-loop.js";
import { AnnounceEnd } from "./application/announce-end.js";
import { AnswerAtOnce } from "./application/answer-at-once.js";
import { CheckCode } from "./application/check-code.js";
import { ConcludeExchange } from "./application/conclude-exchange.js";
import { ConcludeHeld } from "./application/conclude-held.js";
import { Conversations } from "./application/conversations.js";
import { FinalReplies } from "./application/final-replies.js";
import { FinishHeld } from "./application/finish-held.js";
import { HoldLogin } from "./application/hold-login.js";
import { ImportTokenBatch } from "./application/import-token-batch.js";
import { type ImportProgress, ImportTokens } from "./application/import-tokens.js";
import { ManualAnswers } from "./application/manual-answers.js";
import { OpenChallenge } from "./application/open-challenge.js";
import { Prompts } from "./application/prompts.js";
import { SweepOverdue } from "./application/sweep-overdue.js";
import { VerifyAnswer } from "./application/verify-answer.js";
import type { ChallengeSettings } from "./domain/settings.js";

export interface ChallengeOrchestratorOptions {
  readonly settings: ChallengeSettings;
  /** The file whose tokens are taken over, also when it changes; undefined leaves tokens as they are. */
  readonly configuration: ConfigurationSource | undefined;
  readonly onProgress?: (progress: ImportProgress) => void;
}

const DATABASE = Symbol("challenge-orchestrator database");

const CLIENT_REGISTRY: Provider = {
  provide: ClientRegistry,
  inject: [Sealer],
  useFactory: (sealer: Sealer) => new ClientRegistry(sealer),
};

/** What the use cases share. */
@Injectable()
class Parts {
  readonly replies: ReplySealer;
  readonly prompts: Prompts;
  readonly states: StateSealer;

  constructor(
    @Inject(PENDING_STORE) readonly store: PendingStore,
    @Inject(Sealer) readonly sealer: Sealer,
    @Inject(KeyedDigest) readonly digest: KeyedDigest,
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(RANDOM) readonly random: Random,
    @Inject(LOG) readonly log: Log,
  ) {
    this.replies = new ReplySealer(sealer);
    this.states = new StateSealer(sealer);
    this.prompts = new Prompts(this.states, this.replies);
  }
}

/** The second factor: challenges, their answers, and the end of every login. */
@Module({})
export class ChallengeOrchestratorModule {
  static of(options: ChallengeOrchestratorOptions): DynamicModule {
    return {
      module: ChallengeOrchestratorModule,
      controllers: [
        PrimaryDecidedController,
        ChallengeAnsweredController,
        ApprovalGivenController,
        ManualAnswersController,
        TokenImportsController,
        UserChangedController,
        ClientChangedController,
      ],
      providers: [Parts, CLIENT_REGISTRY, ...database(), ...logins(options.settings), importer(options), TOKEN_BATCHES],
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
      provide: PostgresFactors,
      inject: [DATABASE],
      useFactory: (db: Database<never>) => new PostgresFactors(db),
    },
    {
      provide: PostgresUserCopies,
      inject: [DATABASE],
      useFactory: (db: Database<never>) => new PostgresUserCopies(db),
    },
  ];
}

function logins(settings: ChallengeSettings): Provider[] {
  const { keepMs, totpWindowSteps, factors } = settings;
  const widths = { totpSteps: totpWindowSteps, hotpLookAhead: factors.hotpLookAhead };
  return [
    {
      provide: AnnounceEnd,
      inject: [EVENT_BUS, Sealer, METRICS, LOG, Tracing],
      useFactory: (bus: EventBus, sealer: Sealer, metrics: Registry, log: Log, tracing: Tracing) =>
        new AnnounceEnd(new EventPublisher(bus, sealer), createLoginReport(metrics, log, tracing)),
    },
    {
      provide: ConcludeExchange,
      inject: [Parts, AnnounceEnd],
      useFactory: ({ store, replies, clock }: Parts, announceEnd: AnnounceEnd) =>
        new ConcludeExchange({ store, replies, clock, announceEnd, keepMs }),
    },
    {
      provide: FinalReplies,
      inject: [Parts, ClientRegistry, PostgresFactors],
      useFactory: ({ sealer, random }: Parts, clients: ClientRegistry, factors: PostgresFactors) =>
        new FinalReplies({ sealer, random, clients, factors }),
    },
    {
      provide: ConcludeHeld,
      inject: [Parts, ConcludeExchange, FinalReplies],
      useFactory: ({ store, clock }: Parts, conclude: ConcludeExchange, finalReplies: FinalReplies) =>
        new ConcludeHeld({ store, clock, conclude, finalReplies }),
    },
    {
      provide: OpenChallenge,
      inject: [Parts, ClientRegistry, PostgresFactors, ConcludeExchange, ConcludeHeld, FinalReplies, VerifyAnswer],
      useFactory: (
        { store, states, prompts, clock, sealer, digest }: Parts,
        clients: ClientRegistry,
        factors: PostgresFactors,
        conclude: ConcludeExchange,
        concludeHeld: ConcludeHeld,
        finalReplies: FinalReplies,
        verifyAnswer: VerifyAnswer,
      ) => {
        const shared = { store, conclude, finalReplies, settings, clock };
        const conversations = new Conversations({ ...shared, states });
        const holdLogin = new HoldLogin({ store, concludeHeld, settings, clock });
        const answerAtOnce = new AnswerAtOnce({ store, verifyAnswer, concludeHeld, settings, sealer, digest, clock });
        const ways = { conversations, holdLogin, answerAtOnce, concludeHeld };
        return new OpenChallenge({ ...shared, ...ways, clients, factors, prompts, digest });
      },
    },
    {
      provide: FinishHeld,
      inject: [Parts, ConcludeHeld, ClientRegistry, PostgresFactors],
      useFactory: (
        { store, clock }: Parts,
        concludeHeld: ConcludeHeld,
        clients: ClientRegistry,
        factors: PostgresFactors,
      ) => new FinishHeld({ store, clock, concludeHeld, clients, factors, keepMs }),
    },
    {
      provide: ManualAnswers,
      inject: [Parts, EVENT_BUS],
      useFactory: ({ store, clock, sealer }: Parts, bus: EventBus) =>
        new ManualAnswers({ store, clock, events: new EventPublisher(bus, sealer) }),
    },
    {
      provide: CheckCode,
      inject: [Parts, PostgresFactors, Stages],
      useFactory: ({ sealer, clock, log }: Parts, factors: PostgresFactors, stages: Stages) =>
        new CheckCode({ factors, sealer, clock, log, stages, widths }),
    },
    {
      provide: VerifyAnswer,
      inject: [Parts, FinalReplies, CheckCode, ConcludeExchange],
      useFactory: (parts: Parts, finalReplies: FinalReplies, checkCode: CheckCode, conclude: ConcludeExchange) => {
        const { store, prompts, sealer, digest, clock, log } = parts;
        const shared = { store, prompts, sealer, digest, clock, log };
        return new VerifyAnswer({ ...shared, finalReplies, checkCode, conclude, settings });
      },
    },
    {
      provide: OverdueLoop,
      inject: [Parts, AnnounceEnd, ConcludeHeld],
      useFactory: ({ store, replies, clock, log }: Parts, announceEnd: AnnounceEnd, concludeHeld: ConcludeHeld) => {
        const sweep = new SweepOverdue({ store, replies, clock, log, announceEnd, concludeHeld, keepMs });
        return new OverdueLoop(() => sweep.execute(), log);
      },
    },
  ];
}

const TOKEN_BATCHES: Provider = {
  provide: ImportTokenBatch,
  inject: [DATABASE, Parts],
  useFactory: (db: Database<never>, { sealer, digest, log }: Parts) =>
    new ImportTokenBatch({ tokens: new PostgresTokenBatches(db), sealer, digest, log }),
};

function importer({ configuration, onProgress }: ChallengeOrchestratorOptions): Provider {
  return {
    provide: ImportOnStart,
    inject: [DATABASE, DATABASES, Parts, Readiness],
    useFactory: (db: Database<never>, databases: Databases, parts: Parts, readiness: Readiness) => {
      const { sealer, digest, log } = parts;
      const tokens = new PostgresFileFactors(db);
      const file = importOf(configuration, (read, signal) =>
        new ImportTokens({ configuration: read, tokens, sealer, digest, log, onProgress }).execute(signal),
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
  };
}
