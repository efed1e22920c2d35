import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../free-port.js";
import { LOOPBACK, type Server, type ServerOptions, startServer } from "../stores/server.js";
import { type FreeradiusClient, type FreeradiusNext, freeradiusConfiguration } from "./freeradius-configuration.js";

export interface FreeradiusOptions extends ServerOptions {
  /** The file of users in FreeRADIUS' own form, see users(5): `alice Cleartext-Password := "..."` and what a reply holds. */
  readonly users: string;
  /** Who may ask, and with which secret. */
  readonly clients: readonly FreeradiusClient[];
  /** PEAP and TTLS too, with a certificate made for this start; it takes half a second. A User-Name of the inner reply passes. */
  readonly tls?: boolean;
  /**
   * A command line that decides MS-CHAP2-CPW and prints what the reply has: rlm_mschap of 3.2.1 ends with a segmentation fault
   * when it decrypts a new password, with OpenSSL 3. Behind it come User-Name, the old password, MS-CHAP-Challenge,
   * MS-CHAP2-CPW and three MS-CHAP-NT-Enc-PW, octets as 0x and hexadecimal digits.
   */
  readonly changePassword?: string;
  /** Passes every request on instead of deciding it. */
  readonly proxyTo?: FreeradiusNext;
}

export interface FreeradiusServer extends Server {
  readonly accountingPort: number;
  /** PEM of what a supplicant has to trust; only with `tls`. */
  readonly certificateFile: string | undefined;
}

const run = promisify(execFile);

/**
 * Starts Debian's `freeradius` as a target: PAP, CHAP, MS-CHAPv2 with keys, EAP-MD5, EAP-MSCHAPv2 and EAP-GTC, with `tls` also
 * PEAP and TTLS; Status-Server; accounting that is acknowledged and forgotten. Rejects are not delayed. Usable: it listens.
 *
 * Whoever has `Tmp-String-0 := "ANSWER", Tmp-String-1 := "QUESTION"` is asked in an Access-Challenge after a right password. The password
 * of `SMB-Account-Ctrl := 131072` has expired (MS-CHAPv2, E=648).
 */
export async function startFreeradius(options: FreeradiusOptions): Promise<FreeradiusServer> {
  const accountingPort = await freePort();
  const tls = options.tls ?? false;
  const server = await startServer({
    name: "freeradius",
    options,
    prepare: async (dir, port) => {
      if (tls) await makeCertificate(dir);
      const { clients, proxyTo, changePassword } = options;
      const parts = { dir, port, accountingPort, clients, tls, proxyTo, changePassword };
      await writeFile(join(dir, "users"), options.users, { mode: 0o600 });
      await writeFile(join(dir, "radiusd.conf"), freeradiusConfiguration(parts), { mode: 0o600 });
    },
    command: (dir) => ({
      command: "freeradius",
      args: ["-d", dir, "-f", "-l", "stdout"],
      readyWhen: /Ready to process requests/,
      readyTimeoutMs: 15_000,
    }),
    url: (port) => `radius://${LOOPBACK}:${port}`,
  });
  const certificateFile = tls ? join(server.dir, "server.pem") : undefined;
  return Object.assign(server, { accountingPort, certificateFile });
}

async function makeCertificate(dir: string): Promise<void> {
  const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", join(dir, "server.key")];
  const subject = ["-subj", "/CN=radius.example", "-addext", "extendedKeyUsage=serverAuth", "-days", "2"];
  await run("openssl", ["req", "-x509", ...key, "-out", join(dir, "server.pem"), ...subject]);
}
