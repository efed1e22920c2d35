import { type DynamicModule, Module } from "@nestjs/common";
import {
  CLOCK,
  type Clock,
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
} from "@portcullis/kit";
import {
  type ExchangeStore,
  FrontEnd,
  type GatewayId,
  loopTagOf,
  PENDING_STORE,
  ReplySealer,
  StateSealer,
} from "@portcullis/login";
import type { Registry } from "prom-client";
import { EventLoopWatch } from "./adapters/event-loop/event-loop-watch.js";
import { BusAccountingEvents } from "./adapters/events/bus-accounting-events.js";
import { BusLoginEvents } from "./adapters/events/bus-login-events.js";
import { ClientsController } from "./adapters/events/clients.controller.js";
import { ClientListController, OTHER_USAGES, type OtherUsages } from "./adapters/http/client-list.controller.js";
import { createClientMetrics, forgetClient } from "./adapters/prometheus/client-metrics.js";
import { createGatewayMetrics } from "./adapters/prometheus/gateway-metrics.js";
import { AccountingServer } from "./adapters/radius/accounting-server.js";
import { Admission } from "./adapters/radius/admission.js";
import { ClientRegistry } from "./adapters/radius/client-registry.js";
import { ClientUsage } from "./adapters/radius/client-usage.js";
import { Discards } from "./adapters/radius/discards.js";
import { RadiusServer } from "./adapters/radius/radius-server.js";
import { type EndpointOptions, RadiusEndpoint } from "./adapters/udp/radius-endpoint.js";
import { AnswerAccessRequest } from "./application/answer-access-request.js";
import { AnswerAccountingRequest } from "./application/answer-accounting-request.js";

const GATEWAY_ID_BYTES = 16;
const DUPLICATE_WINDOW_MS = 30_000;
const MAX_REQUESTS_PER_SECOND = 20_000;
const GATEWAY_ID = Symbol("GATEWAY_ID");

export interface RadiusGatewayOptions extends EndpointOptions {
  /** How long a reply is kept for retransmissions; 30 seconds when left out. */
  readonly duplicateWindowMs?: number;
  /** Of all clients together; 20,000 when left out. */
  readonly maxRequestsPerSecond?: number | undefined;
  /** How late another thread comes to its work on which every login here hangs, in milliseconds. */
  readonly ownerLatenessMs?: () => number;
  /** What the gateways in other threads of this process have seen of the clients. */
  readonly otherUsages?: OtherUsages | undefined;
}

const NO_USAGES: OtherUsages = () => Promise.resolve([]);

/** The composition root: every port of the gateway bound to its adapter. */
@Module({})
export class RadiusGatewayModule {
  static of(options: RadiusGatewayOptions): DynamicModule {
    return {
      module: RadiusGatewayModule,
      controllers: [ClientsController, ClientListController],
      providers: [
        ClientRegistry,
        { provide: EventLoopWatch, useFactory: () => new EventLoopWatch(options.ownerLatenessMs) },
        { provide: OTHER_USAGES, useValue: options.otherUsages ?? NO_USAGES },
        {
          provide: Admission,
          useFactory: () => new Admission(options.maxRequestsPerSecond ?? MAX_REQUESTS_PER_SECOND),
        },
        { provide: ClientUsage, useFactory: (clock: Clock) => new ClientUsage(clock), inject: [CLOCK] },
        {
          // New in every run: a restarted gateway never gets the replies of its predecessor.
          provide: GATEWAY_ID,
          useFactory: (random: Random) => random.bytes(GATEWAY_ID_BYTES).toString("hex"),
          inject: [RANDOM],
        },
        {
          provide: FrontEnd,
          useFactory: (
            gatewayId: GatewayId,
            store: ExchangeStore,
            sealer: Sealer,
            clock: Clock,
            stages: Stages,
            log: Log,
          ) => new FrontEnd({ gatewayId, store, replies: new ReplySealer(sealer), clock, stages, log }),
          inject: [GATEWAY_ID, PENDING_STORE, Sealer, CLOCK, Stages, LOG],
        },
        {
          provide: AnswerAccessRequest,
          useFactory: (
            gatewayId: GatewayId,
            frontEnd: FrontEnd,
            bus: EventBus,
            sealer: Sealer,
            digest: KeyedDigest,
            clock: Clock,
            random: Random,
            stages: Stages,
          ) =>
            new AnswerAccessRequest({
              stages,
              gatewayId,
              frontEnd,
              events: new BusLoginEvents(bus),
              states: new StateSealer(sealer),
              sealer,
              digest,
              clock,
              random,
              keepMs: options.duplicateWindowMs ?? DUPLICATE_WINDOW_MS,
            }),
          inject: [GATEWAY_ID, FrontEnd, EVENT_BUS, Sealer, KeyedDigest, CLOCK, RANDOM, Stages],
        },
        {
          provide: AnswerAccountingRequest,
          useFactory: (frontEnd: FrontEnd, bus: EventBus, store: ExchangeStore, sealer: Sealer, digest: KeyedDigest) =>
            new AnswerAccountingRequest({
              frontEnd,
              events: new BusAccountingEvents(bus),
              store,
              replies: new ReplySealer(sealer),
              sealer,
              digest,
              keepMs: options.duplicateWindowMs ?? DUPLICATE_WINDOW_MS,
            }),
          inject: [FrontEnd, EVENT_BUS, PENDING_STORE, Sealer, KeyedDigest],
        },
        {
          provide: RadiusServer,
          useFactory: (
            clients: ClientRegistry,
            usage: ClientUsage,
            answerAccessRequest: AnswerAccessRequest,
            answerAccountingRequest: AnswerAccountingRequest,
            frontEnd: FrontEnd,
            readiness: Readiness,
            registry: Registry,
            stages: Stages,
            digest: KeyedDigest,
            admission: Admission,
            eventLoop: EventLoopWatch,
            log: Log,
          ) => {
            const metrics = createGatewayMetrics(registry, () => frontEnd.waitingCount);
            createClientMetrics(registry, clients, usage);
            clients.onRemoved((name) => {
              usage.forget(name);
              admission.forget(name);
              void forgetClient(metrics, name);
            });
            const discards = new Discards(metrics, usage, log);
            const parts = { clients, usage, answerAccessRequest, readiness, discards, metrics, stages, log };
            const loopTag = loopTagOf(digest);
            const accounting = new AccountingServer({
              answerAccountingRequest,
              loopTag,
              eventLoop,
              discards,
              metrics,
              stages,
            });
            return new RadiusServer({ ...parts, accounting, admission, eventLoop, loopTag });
          },
          inject: [
            ClientRegistry,
            ClientUsage,
            AnswerAccessRequest,
            AnswerAccountingRequest,
            FrontEnd,
            Readiness,
            METRICS,
            Stages,
            KeyedDigest,
            Admission,
            EventLoopWatch,
            LOG,
          ],
        },
        {
          provide: RadiusEndpoint,
          useFactory: (
            server: RadiusServer,
            clients: ClientRegistry,
            frontEnd: FrontEnd,
            readiness: Readiness,
            random: Random,
            registry: Registry,
            log: Log,
          ) => new RadiusEndpoint(options, { server, clients, frontEnd, readiness, random, registry, log }),
          inject: [RadiusServer, ClientRegistry, FrontEnd, Readiness, RANDOM, METRICS, LOG],
        },
      ],
    };
  }
}
