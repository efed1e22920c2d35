import { resolve } from "node:path";
import { freePort, type StartedProcess, startProcess } from "@portcullis/testkit";

export const SERVICES = [
  "portal",
  "directory-sync",
  "authn-primary",
  "challenge-orchestrator",
  "fraud-reporter",
  "mobile",
  "notifier",
  "radius-gateway",
] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Services that import a part of `portcullis.yaml`. */
const IMPORTERS: ReadonlySet<ServiceName> = new Set([
  "portal",
  "directory-sync",
  "authn-primary",
  "challenge-orchestrator",
]);
const SERVICES_FOLDER = resolve(import.meta.dirname, "../../..");
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 40_000;

/** Where the stores are and what all services share. */
export interface Installation {
  readonly kafkaBrokers: string;
  readonly redisUrl: string;
  readonly databaseUrl: string;
  readonly keysFile: string;
  readonly apiKeyFile: string;
  readonly configurationFile: string;
  readonly logFolder: string;
  readonly logLevel: string;
  /** Further variables for every service. */
  readonly environment: Readonly<Record<string, string>>;
}

/** One replica of one service, as a process of its own. */
export interface ServiceProcess {
  readonly name: ServiceName;
  readonly replica: number;
  readonly httpUrl: string;
  readonly process: StartedProcess;
}

export interface ServiceToStart {
  readonly name: ServiceName;
  readonly replica: number;
  /** `address:port` of a gateway. */
  readonly radiusListen?: string;
  /** `address:port` of a gateway's accounting. */
  readonly accountingListen?: string;
  /** Other gateways listen there too; the kernel shares out what comes. */
  readonly sharesPort?: boolean;
}

/** Starts a replica and waits until it says that it can decide a login. Needs the build (`tsc -b`). */
export async function startService(installation: Installation, service: ServiceToStart): Promise<ServiceProcess> {
  const { name, replica } = service;
  const http = `127.0.0.1:${await freePort()}`;
  const process = await startProcess({
    name: `${name}-${replica}`,
    command: globalThis.process.execPath,
    args: ["--disable-warning=TimeoutNegativeWarning", resolve(SERVICES_FOLDER, name, "dist/main.js")],
    env: environmentOf(installation, service, http),
    logFile: resolve(installation.logFolder, `${name}-${replica}.log`),
    readyWhen: () => isReady(`http://${http}`),
    readyTimeoutMs: READY_TIMEOUT_MS,
    stopTimeoutMs: STOP_TIMEOUT_MS,
  });
  return { name, replica, httpUrl: `http://${http}`, process };
}

function environmentOf(
  installation: Installation,
  { name, radiusListen, accountingListen, sharesPort = false }: ServiceToStart,
  http: string,
): Record<string, string> {
  return {
    KAFKAJS_NO_PARTITIONER_WARNING: "1",
    PORTCULLIS_KAFKA_BROKERS: installation.kafkaBrokers,
    PORTCULLIS_REDIS_URL: installation.redisUrl,
    PORTCULLIS_DATABASE_URL: installation.databaseUrl,
    PORTCULLIS_KEYS_FILE: installation.keysFile,
    PORTCULLIS_API_KEY_FILE: installation.apiKeyFile,
    PORTCULLIS_HTTP_LISTEN: http,
    PORTCULLIS_LOG_LEVEL: installation.logLevel,
    ...installation.environment,
    ...(IMPORTERS.has(name) ? { PORTCULLIS_CONFIG_FILE: installation.configurationFile } : {}),
    ...(radiusListen === undefined ? {} : { PORTCULLIS_RADIUS_LISTEN: radiusListen }),
    ...(accountingListen === undefined ? {} : { PORTCULLIS_RADIUS_ACCT_LISTEN: accountingListen }),
    ...(sharesPort ? { PORTCULLIS_RADIUS_REUSE_PORT: "true" } : {}),
  };
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
  return response.status === 200;
}
