import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Folder,
  type FreeradiusServer,
  folderFor,
  freePort,
  type StartedProcess,
  startFreeradius,
  startProcess,
} from "@portcullis/testkit";
import { installPackages } from "../load/build-loadgen.js";
import { type Home, SHARED_SECRET } from "../subject.js";
import { homeConfiguration } from "./freeradius-configuration.js";

const USER = { userName: "supplicant", password: "password of the tunnel" };

/** A FreeRADIUS that lets everybody in, and one that ends PEAP. */
export class HomeServer implements Home {
  readonly port: number;
  readonly #folder: Folder;
  readonly #process: StartedProcess;
  readonly #tunnels: FreeradiusServer;

  private constructor(port: number, folder: Folder, process: StartedProcess, tunnels: FreeradiusServer) {
    this.port = port;
    this.#folder = folder;
    this.#process = process;
    this.#tunnels = tunnels;
  }

  get tunnelPort(): number {
    return this.#tunnels.port;
  }

  get tunnels(): Home["tunnels"] {
    return { ...USER, certificateFile: this.#tunnels.certificateFile ?? "" };
  }

  static async start(): Promise<HomeServer> {
    await installPackages(["freeradius", "eapoltest"]);
    const folder = folderFor("bench-home", undefined);
    const port = await freePort();
    writeFileSync(join(folder.path, "users"), "", { mode: 0o600 });
    writeFileSync(join(folder.path, "radiusd.conf"), homeConfiguration(folder.path, port), { mode: 0o600 });
    const process = await startProcess({
      name: "home server",
      command: "freeradius",
      args: ["-d", folder.path, "-f", "-l", "stdout"],
      readyWhen: /Ready to process requests/,
    });
    const tunnels = await startFreeradius({
      users: `${USER.userName} Cleartext-Password := "${USER.password}"\n`,
      clients: [{ name: "all", address: "127.0.0.0/8", secret: SHARED_SECRET }],
      tls: true,
    });
    return new HomeServer(port, folder, process, tunnels);
  }

  async stop(): Promise<void> {
    await this.#tunnels.stop();
    await this.#process.stop();
    this.#folder.dispose();
  }
}
