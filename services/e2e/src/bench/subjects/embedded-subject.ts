import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Folder, folderFor, freePort, type StartedProcess, startProcess } from "@portcullis/testkit";
import type { BenchUsers } from "../bench-users.js";
import { REPOSITORY } from "../load/build-loadgen.js";
import { get } from "../scrape.js";
import { type Home, type RunningSubject, SHARED_SECRET, type Subject } from "../subject.js";
import { benchConfiguration, usersCsv } from "./product-configuration.js";

const COMMAND = join(REPOSITORY, "node_modules/.bin/portcullis");
/** The import of all users and the hashing of the local passwords come before readiness. */
const READY_TIMEOUT_MS = 180_000;

interface EmbeddedOptions {
  readonly users: BenchUsers;
  readonly localUsers: BenchUsers;
  readonly localPassword: string;
  readonly home: Home;
  /** One when left out. */
  readonly udpWorkers?: number;
}

/** The product in one process, as `portcullis run` starts it. */
export class EmbeddedSubject implements Subject {
  readonly name: string;
  readonly restsWhenIdle = true;
  readonly workloads = ["pap", "totp", "proxied", "peap", "local"] as const;
  readonly #users: BenchUsers;
  readonly #localUsers: BenchUsers;
  readonly #localPassword: string;
  readonly #home: Home;
  readonly #udpWorkers: number;
  #folder: Folder | undefined;
  #process: StartedProcess | undefined;

  constructor(options: EmbeddedOptions) {
    this.#udpWorkers = options.udpWorkers ?? 1;
    this.name = this.#udpWorkers === 1 ? "embedded" : `embedded x${this.#udpWorkers}`;
    this.#users = options.users;
    this.#localUsers = options.localUsers;
    this.#localPassword = options.localPassword;
    this.#home = options.home;
  }

  async start(): Promise<RunningSubject> {
    this.#folder = folderFor("bench-embedded", undefined);
    const folder = this.#folder.path;
    const port = await freePort();
    const data = join(folder, "data");
    mkdirSync(data, { mode: 0o700 });
    const config = this.#writeConfiguration(folder, port);
    const socket = join(data, "portcullis.sock");
    const started = await startProcess({
      name: "portcullis run",
      command: COMMAND,
      args: ["run", "--config", config, "--data", data, "--log-level", "warn"],
      readyWhen: () => get(`unix:${socket}:/readyz`),
      readyTimeoutMs: READY_TIMEOUT_MS,
    });
    this.#process = started;
    return {
      servers: [`127.0.0.1:${port}`],
      secret: SHARED_SECRET,
      pids: () => new Map([["server", [started.pid]]]),
      metricsUrls: [`unix:${socket}:/metrics`],
    };
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#folder?.dispose();
  }

  #writeConfiguration(folder: string, port: number): string {
    const listen = [{ address: "127.0.0.1", authPort: port }];
    const local = { users: this.#localUsers.list, password: this.#localPassword };
    const path = join(folder, "portcullis.yaml");
    writeFileSync(join(folder, "users.csv"), usersCsv(this.#users.list), { mode: 0o600 });
    writeFileSync(
      path,
      benchConfiguration({
        listen,
        udpWorkers: this.#udpWorkers,
        usersFile: "users.csv",
        local,
        home: this.#home,
      }),
      {
        mode: 0o600,
      },
    );
    return path;
  }
}
