import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderFor, type StartedProcess, startProcess } from "@portcullis/testkit";
import { freeUdpPort } from "../harness/free-udp-port.js";
import { makeCertificate } from "./certificate.js";

export interface Openvpn {
  /**
   * Dials in. Fails with the end of the client's log, `AUTH_FAILED` in it, for whoever is not let in.
   * @returns the client, to be stopped
   */
  connect(user: string, password: string): Promise<StartedProcess>;
  stop(): Promise<void>;
}

const CONNECTED = /Initialization Sequence Completed/;
/** The plugin's: a request each second, twelve in all. */
const WAIT_SECONDS = 1;
const RETRIES = 11;

/**
 * Starts an OpenVPN server with `openvpn-auth-radius`, which repeats a request with the same Identifier, but from another
 * port and with another authenticator. Needs root, for a tun device that gets neither an address nor a route.
 * @param radius ports of four digits: the plugin leaves out further ones
 */
/** A RADIUS server on 127.0.0.1; the plug-in takes ports of four digits at most. */
interface Ports {
  readonly port: number;
  readonly accountingPort: number;
}

export async function startOpenvpn(radius: Ports & { readonly secret: string }): Promise<Openvpn> {
  const { path: folder, dispose } = folderFor("openvpn", undefined);
  const { certificateFile, keyFile } = await makeCertificate(folder);
  const port = await freeUdpPort();
  const file = join(folder, "server.conf");
  mkdirSync(join(folder, "clients"));
  writeFileSync(join(folder, "plugin.conf"), pluginConfiguration(file, radius), { mode: 0o600 });
  writeFileSync(
    file,
    `dev tun
local 127.0.0.1
port ${port}
proto udp
topology subnet
server 10.255.77.0 255.255.255.0
ifconfig-noexec
route-noexec
ca ${certificateFile}
cert ${certificateFile}
key ${keyFile}
dh none
verify-client-cert none
username-as-common-name
status ${folder}/status 1
status-version 1
tmp-dir ${folder}
client-config-dir ${folder}/clients
plugin /usr/lib/openvpn/radiusplugin.so ${folder}/plugin.conf
`,
  );
  const server = await startProcess({ name: "openvpn server", command: "openvpn", args: [file], readyWhen: CONNECTED });
  let users = 0;
  return {
    connect: (user, password) => {
      const passwordFile = join(folder, `user-${users++}`);
      writeFileSync(passwordFile, `${user}\n${password}\n`, { mode: 0o600 });
      const where = ["--client", "--remote", "127.0.0.1", String(port), "udp", "--nobind", "--ca", certificateFile];
      const login = ["--auth-user-pass", passwordFile, "--auth-retry", "none", "--connect-retry-max", "1"];
      const device = ["--dev", "null", "--ifconfig-noexec", "--route-noexec"];
      const args = [...where, ...login, ...device];
      return startProcess({ name: "openvpn client", command: "openvpn", args, readyWhen: CONNECTED });
    },
    stop: async () => {
      await server.stop();
      dispose();
    },
  };
}

function pluginConfiguration(serverFile: string, radius: Ports & { readonly secret: string }): string {
  return `NAS-Identifier=openvpn
NAS-IP-Address=127.0.0.1
NAS-Port-Type=5
Service-Type=5
Framed-Protocol=1
OpenVPNConfig=${serverFile}
subnet=255.255.255.0
overwriteccfiles=true
useauthcontrolfile=true
server
{
	name=127.0.0.1
	authport=${radius.port}
	acctport=${radius.accountingPort}
	retry=${RETRIES}
	wait=${WAIT_SECONDS}
	sharedsecret=${radius.secret}
}
`;
}
