import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Folder, folderFor, freePort, type StartedProcess, startProcess } from "@portcullis/testkit";
import type { BenchUsers } from "../bench-users.js";
import { installPackages } from "../load/build-loadgen.js";
import { type Home, PEER, type RunningSubject, SHARED_SECRET, type Subject } from "../subject.js";
import { freeradiusConfiguration, freeradiusUser } from "./freeradius-configuration.js";

/** FreeRADIUS of Debian with rlm_totp, as the peer that the product is measured beside. */
export class FreeradiusSubject implements Subject {
  readonly name = PEER;
  readonly restsWhenIdle = true;
  readonly workloads = ["pap", "totp", "proxied", "peap"] as const;
  readonly #users: BenchUsers;
  #folder: Folder | undefined;
  #process: StartedProcess | undefined;

  readonly #home: Home;

  constructor(options: { readonly users: BenchUsers; readonly home: Home }) {
    this.#users = options.users;
    this.#home = options.home;
  }

  async start(): Promise<RunningSubject> {
    await installPackages(["freeradius"]);
    this.#folder = folderFor("bench-freeradius", undefined);
    const folder = this.#folder.path;
    const port = await freePort();
    writeFileSync(join(folder, "users"), this.#users.list.map(freeradiusUser).join(""), { mode: 0o600 });
    writeFileSync(join(folder, "radiusd.conf"), freeradiusConfiguration({ folder, port, home: this.#home }), {
      mode: 0o600,
    });
    const started = await startProcess({
      name: "freeradius",
      command: "freeradius",
      args: ["-d", folder, "-f", "-l", "stdout"],
      readyWhen: /Ready to process requests/,
    });
    this.#process = started;
    return {
      servers: [`127.0.0.1:${port}`],
      secret: SHARED_SECRET,
      pids: () => new Map([["server", [started.pid]]]),
      metricsUrls: [],
    };
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#folder?.dispose();
  }
}
