import { rmSync } from "node:fs";
import { AuthnPrimaryModule } from "@portcullis/authn-primary";
import { ChallengeOrchestratorModule, type ChallengeSettings } from "@portcullis/challenge-orchestrator";
import type { Configuration, ConfigurationSource } from "@portcullis/configuration";
import { DirectorySyncModule } from "@portcullis/directory-sync";
import { FraudReporterModule } from "@portcullis/fraud-reporter";
import {
  createApplication,
  createEventMetrics,
  deadLetterFile,
  InProcessBus,
  InProcessServer,
  KeyRingWatch,
  type Log,
  openPglite,
  type Platform,
  PooledRandom,
  Readiness,
  systemClock,
  type Tracing,
} from "@portcullis/kit";
import { type ExchangeStore, MemoryPendingStore, PendingStoreModule } from "@portcullis/login";
import { type MobileEnvironmentSettings, MobileModule, memoryStores } from "@portcullis/mobile";
import { NotifierModule, type OutboxEntry } from "@portcullis/notifier";
import { PortalModule } from "@portcullis/portal";
import { RadiusGatewayModule } from "@portcullis/radius-gateway";
import { collectDefaultMetrics } from "prom-client";
import { GatewayThreads } from "../gateway-threads/gateway-threads.js";
import type { DataFolder } from "./data-folder.js";
import { listenersOf, publicListenersOf } from "./listeners.js";
import { ProductMetrics } from "./product-metrics.js";
import { PublicHttp } from "./public-http.js";
import { watchListeners } from "./watch-listeners.js";

/** What is imported at the start, for a progress bar. */
export type ImportPart = "users" | "passwords" | "tokens" | "PINs";

export interface ImportProgress {
  readonly part: ImportPart;
  readonly done: number;
  readonly total: number | undefined;
}

export interface ProductOptions {
  /** As it is at the start: where to listen. */
  readonly configuration: Configuration;
  /** The same file, from which everything else is imported, and again when it changes. */
  readonly file: ConfigurationSource;
  readonly challenges: ChallengeSettings;
  readonly devices: MobileEnvironmentSettings;
  readonly folder: DataFolder;
  readonly log: Log;
  /** Nowhere when absent. */
  readonly tracing?: Tracing;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Told of each call, text and mail that a provider of the type outbox has taken. */
  readonly onOutboxEntry?: (entry: OutboxEntry) => void;
}

export interface Product {
  /** UDP addresses that answer, as `address:port`. */
  readonly radiusAddresses: readonly string[];
  /** Where devices and webhooks reach us, as URLs. */
  readonly httpAddresses: readonly string[];
  /** Parts that are not ready yet; empty when a login can be decided. */
  missing(): readonly string[];
  /** Finishes the logins that wait, then stops. */
  stop(): Promise<void>;
}

const READY_POLL_MS = 50;
const DRAIN_GRACE_MS = 5_000;

/** All services in one process: in-process events, pending state in memory, PGlite in the data folder. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const { folder, log } = options;
  const metrics = new ProductMetrics();
  collectDefaultMetrics({ register: metrics });
  const bus = new InProcessBus();
  const keyRingWatch = new KeyRingWatch(folder.keysPath, log, folder.keyRing);
  const platform: Platform = {
    bus,
    databases: await openPglite(folder.databasePath),
    clock: systemClock,
    random: new PooledRandom(),
    keyRing: folder.keyRing,
    keyRingWatch,
    log,
    metrics,
    readiness: new Readiness(),
    tracing: options.tracing,
  };
  const store = new MemoryPendingStore(systemClock);
  const threads = threadsOf(options, platform, store, bus);
  // They open what this thread seals, so they have each ring before it does.
  if (threads !== undefined) keyRingWatch.onChange((ring) => threads.takeKeys(ring));
  metrics.others = threads && (() => threads.metrics());
  let radiusAddresses: readonly string[] = [];
  const modules = [
    PendingStoreModule.of(store),
    ...servicesOf(options, threads, (addresses) => {
      radiusAddresses = addresses;
    }),
  ];
  const server = new InProcessServer(bus, {
    clock: systemClock,
    log,
    metrics: createEventMetrics(metrics),
    deadLetters: deadLetterFile(folder.deadLettersPath),
  });
  const app = await createApplication(platform, { kind: "private-socket" }, modules, server);
  const threadAddresses = (await threads?.start()) ?? [];
  await listenPrivately(app, folder.socketPath);
  keyRingWatch.start();
  const fastify = app.getHttpAdapter().getInstance();
  const publicHttp = await PublicHttp.open(publicListenersOf(options.configuration, process.env), (request, response) =>
    fastify.routing(request, response),
  );
  return {
    radiusAddresses: [...threadAddresses, ...radiusAddresses],
    httpAddresses: publicHttp.addresses,
    missing: () => platform.readiness.missing(),
    stop: async () => {
      keyRingWatch.stop();
      await threads?.stop();
      publicHttp.takeNoMore();
      await app.close();
      publicHttp.close();
      await store.close();
      await platform.databases.close();
      await options.tracing?.close();
      folder.release();
    },
  };
}

/** Resolves when the product can decide a login, or when `signal` says that nobody waits any more. */
export async function untilReady(product: Product, signal?: AbortSignal): Promise<void> {
  while (product.missing().length > 0 && signal?.aborted !== true) {
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
}

/** Nothing with one worker: then the gateway of this thread has the UDP ports as well. */
function threadsOf(
  { configuration }: ProductOptions,
  platform: Platform,
  store: ExchangeStore,
  bus: InProcessBus,
): GatewayThreads | undefined {
  const { udpWorkers = 1, maxRequestsPerSecond } = configuration.radius;
  if (udpWorkers === 1) return undefined;
  const listen = listenersOf(configuration, process.env).filter(({ tls }) => tls === undefined);
  const options = { count: udpWorkers, listen, maxRequestsPerSecond, drainGraceMs: DRAIN_GRACE_MS };
  return new GatewayThreads(options, { ...platform, bus, store });
}

function servicesOf(
  options: ProductOptions,
  threads: GatewayThreads | undefined,
  onListening: (addresses: readonly string[]) => void,
) {
  const { configuration, log } = options;
  const listen = listenersOf(configuration, process.env);
  const file = watchListeners(options.file, configuration, log);
  const progressOf = (part: ImportPart) => (progress: { done: number; total: number | undefined }) =>
    options.onProgress?.({ part, ...progress });
  return [
    PortalModule.of({ configuration: file }),
    DirectorySyncModule.of({ configuration: file, onProgress: progressOf("users") }),
    AuthnPrimaryModule.of({ configuration: file, onProgress: progressOf("passwords") }),
    ChallengeOrchestratorModule.of({
      settings: options.challenges,
      configuration: file,
      onProgress: progressOf("tokens"),
      onPinProgress: progressOf("PINs"),
    }),
    FraudReporterModule.of(),
    MobileModule.of({ ...memoryStores(systemClock), ...options.devices }),
    NotifierModule.of(options.onOutboxEntry === undefined ? {} : { onOutboxEntry: options.onOutboxEntry }),
    RadiusGatewayModule.of({
      listen: threads === undefined ? listen : listen.filter(({ tls }) => tls !== undefined),
      otherUsages: threads && (() => threads.usages()),
      maxRequestsPerSecond: configuration.radius.maxRequestsPerSecond,
      drainDelayMs: 0,
      drainGraceMs: DRAIN_GRACE_MS,
      onListening,
    }),
  ];
}

/** The socket is made with mode 0600: who may open the file may act on the product. */
async function listenPrivately(app: { listen(path: string): Promise<unknown> }, path: string): Promise<void> {
  rmSync(path, { force: true }); // Left over by a process that was killed; the folder's lock says that none runs.
  const before = process.umask(0o177);
  try {
    await app.listen(path);
  } finally {
    process.umask(before);
  }
}
