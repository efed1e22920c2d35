import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKeyFile } from "@portcullis/kit";
import { freeUdpPort } from "../harness/free-udp-port.js";
import { type Installation, SERVICES, type ServiceName, type ServiceProcess, startService } from "./service-process.js";
import { type Stores, startStores } from "./stores.js";

export interface DistributedOptions {
  /** Text of `portcullis.yaml`. */
  readonly configuration: string;
  /** Text of the `users.csv` beside it. */
  readonly usersFile?: string;
  /** UDP ports of the gateways on 127.0.0.1, one each; any when left out. */
  readonly ports?: { readonly radius: readonly number[]; readonly accounting: readonly number[] };
  /** Replicas of each service; 2 when left out. */
  readonly replicas?: number;
  readonly logLevel?: string;
  /** Further variables for every service. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Told what is being started. */
  readonly onStep?: (step: string) => void;
}

/** A distributed installation on this machine: real stores, every service as processes. */
export interface Distributed {
  readonly stores: Stores;
  readonly installation: Installation;
  readonly services: readonly ServiceProcess[];
  /** UDP ports of the gateways, on 127.0.0.1. */
  readonly radiusPorts: readonly number[];
  /** The same of accounting. */
  readonly accountingPorts: readonly number[];
  replicasOf(name: ServiceName): readonly ServiceProcess[];
  stop(): Promise<void>;
}

export async function startDistributed(options: DistributedOptions): Promise<Distributed> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-distributed-"));
  options.onStep?.("Kafka, Redis and PostgreSQL");
  const stores = await startStores();
  const services: ServiceProcess[] = [];
  const stop = async (): Promise<void> => {
    // Gateways first, then everything behind them.
    for (const service of services.toReversed()) await service.process.stop();
    await stores.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const installation = await prepare(folder, stores, options);
    const replicas = options.replicas ?? 2;
    const freePorts = () => Promise.all(Array.from({ length: replicas }, () => freeUdpPort()));
    const { radius: radiusPorts, accounting: accountingPorts } = options.ports ?? {
      radius: await freePorts(),
      accounting: await freePorts(),
    };
    for (const name of SERVICES) {
      options.onStep?.(`${replicas} x ${name}`);
      const started = radiusPorts.map((port, replica) =>
        startService(installation, {
          name,
          replica,
          ...(name === "radius-gateway"
            ? { radiusListen: `127.0.0.1:${port}`, accountingListen: `127.0.0.1:${accountingPorts[replica]}` }
            : {}),
        }),
      );
      services.push(...(await Promise.all(started)));
    }
    const replicasOf = (name: ServiceName) => services.filter((service) => service.name === name);
    return { stores, installation, services, radiusPorts, accountingPorts, replicasOf, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepare(folder: string, stores: Stores, options: DistributedOptions): Promise<Installation> {
  const logFolder = join(folder, "logs");
  mkdirSync(logFolder);
  const keysFile = join(folder, "keys.json");
  createKeyFile(keysFile);
  const apiKeyFile = join(folder, "api-key");
  writeFileSync(apiKeyFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
  const configurationFile = join(folder, "portcullis.yaml");
  writeFileSync(configurationFile, options.configuration, { mode: 0o600 });
  if (options.usersFile !== undefined) writeFileSync(join(folder, "users.csv"), options.usersFile, { mode: 0o600 });
  return {
    kafkaBrokers: stores.kafka.brokers.join(","),
    redisUrl: stores.redis.url,
    databaseUrl: await stores.postgres.createDatabase("portcullis"),
    keysFile,
    apiKeyFile,
    configurationFile,
    logFolder,
    logLevel: options.logLevel ?? "info",
    environment: options.environment ?? {},
  };
}
