import { type Distributed, startDistributed } from "../../distributed/distributed.js";
import type { BenchUsers } from "../bench-users.js";
import { type RunningSubject, SHARED_SECRET, type Subject } from "../subject.js";
import { benchConfiguration, usersCsv } from "./product-configuration.js";

/** More than one of each share the same two cores and only switch between each other. */
const REPLICAS = 1;

/** The product as services of their own, on real Kafka, Redis and PostgreSQL, all on this machine. */
export class DistributedSubject implements Subject {
  readonly name = "distributed";
  readonly restsWhenIdle = false;
  readonly workloads = ["pap", "totp"] as const;
  readonly #users: BenchUsers;
  #distributed: Distributed | undefined;

  constructor(users: BenchUsers) {
    this.#users = users;
  }

  async start(): Promise<RunningSubject> {
    const distributed = await startDistributed({
      configuration: benchConfiguration({ usersFile: "users.csv" }),
      usersFile: usersCsv(this.#users.list),
      replicas: REPLICAS,
      logLevel: "warn",
    });
    this.#distributed = distributed;
    const { services, radiusPorts } = distributed;
    const { kafka, redis, postgres } = distributed.stores;
    return {
      servers: radiusPorts.map((port) => `127.0.0.1:${port}`),
      secret: SHARED_SECRET,
      pids: () =>
        new Map([
          ["services", services.map(({ process }) => process.pid)],
          ["stores", [kafka, redis, postgres].map(({ process }) => process.pid)],
        ]),
      metricsUrls: services.map(({ httpUrl }) => `${httpUrl}/metrics`),
    };
  }

  async stop(): Promise<void> {
    await this.#distributed?.stop();
  }
}
