import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Folder, folderFor, freePort, type StartedProcess, startProcess } from "@portcullis/testkit";
import { installPackages } from "../load/build-loadgen.js";
import { homeConfiguration } from "./freeradius-configuration.js";

/** A FreeRADIUS that lets everybody in: the RADIUS server behind, the same for everybody who is measured. */
export class HomeServer {
  readonly port: number;
  readonly #folder: Folder;
  readonly #process: StartedProcess;

  private constructor(port: number, folder: Folder, process: StartedProcess) {
    this.port = port;
    this.#folder = folder;
    this.#process = process;
  }

  static async start(): Promise<HomeServer> {
    await installPackages(["freeradius"]);
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
    return new HomeServer(port, folder, process);
  }

  async stop(): Promise<void> {
    await this.#process.stop();
    this.#folder.dispose();
  }
}
