import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderFor, freePort, startProcess } from "@portcullis/testkit";
import { makeCertificate } from "./certificate.js";
import { type Typed, typeInto } from "./type-into.js";

export interface Ocserv {
  /** Signs in with `openconnect`; whoever is let in gets a cookie, and no tunnel is made. @param lines what the user types */
  connect(user: string, lines: readonly string[]): Promise<Typed>;
  stop(): Promise<void>;
}

export interface OcservRadius {
  readonly port: number;
  readonly secret: string;
  /** Loopback address to ask from. */
  readonly address: string;
}

/** Starts `ocserv`, which asks us through libradcli. Needs root. */
export async function startOcserv(radius: OcservRadius): Promise<Ocserv> {
  const { path: folder, dispose } = folderFor("ocserv", undefined);
  chmodSync(folder, 0o711); // Its workers, which are nobody, go through it to a socket.
  const certificate = await makeCertificate(folder);
  const port = await freePort();
  writeFileSync(join(folder, "servers"), `127.0.0.1 ${radius.secret}\n`, { mode: 0o600 });
  writeFileSync(join(folder, "radiusclient.conf"), radcliConfiguration(folder, radius));
  const file = join(folder, "ocserv.conf");
  writeFileSync(
    file,
    `auth = "radius[config=${folder}/radiusclient.conf]"
listen-host = 127.0.0.1
tcp-port = ${port}
socket-file = ${folder}/socket
pid-file = ${folder}/pid
server-cert = ${certificate.certificateFile}
server-key = ${certificate.keyFile}
run-as-user = nobody
run-as-group = nogroup
isolate-workers = false
use-occtl = false
device = vpns
ipv4-network = 10.255.78.0
ipv4-netmask = 255.255.255.0
`,
  );
  const server = await startProcess({
    command: "ocserv",
    args: ["--foreground", "--config", file, "--debug", "3"],
    readyWhen: /main: initialized ocserv/,
  });
  return {
    connect: (user, lines) => {
      const how = ["--protocol=anyconnect", "--no-dtls", "--authenticate", "--passwd-on-stdin"];
      const trust = `--servercert=pin-sha256:${certificate.pin}`;
      return typeInto("openconnect", [...how, trust, `--user=${user}`, `https://127.0.0.1:${port}`], lines);
    },
    stop: async () => {
      await server.stop();
      dispose();
    },
  };
}

function radcliConfiguration(folder: string, { port, address }: OcservRadius): string {
  return `nas-identifier ocserv
authserver 127.0.0.1:${port}
acctserver 127.0.0.1:${port}
servers ${folder}/servers
dictionary /etc/radcli/dictionary
radius_timeout 10
radius_retries 1
bindaddr ${address}
`;
}
