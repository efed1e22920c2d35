import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Typed, typeInto } from "./type-into.js";

export interface PamServer {
  readonly port: number;
  readonly secret: string;
  /** Loopback address to send from. */
  readonly address: string;
}

/** The least that pam_radius_auth takes. */
const TIMEOUT_SECONDS = 3;

/**
 * Signs a user in through Linux PAM with `pam_radius_auth`, in a PAM service of its own that is gone afterwards.
 * Needs root. The code is 0 for whoever was let in.
 * @param lines what the user types: the password, then what the challenges ask for
 */
export async function pamLogin(server: PamServer, user: string, lines: readonly string[]): Promise<Typed> {
  const service = `portcullis-test-${randomBytes(6).toString("hex")}`;
  const serviceFile = join("/etc/pam.d", service);
  const folder = mkdtempSync(join(tmpdir(), "portcullis-pam-"));
  const file = join(folder, "servers.conf");
  try {
    const { port, secret, address } = server;
    writeFileSync(file, `127.0.0.1:${port} ${secret} ${TIMEOUT_SECONDS} ${address}\n`, { mode: 0o600 });
    writeFileSync(serviceFile, `auth required pam_radius_auth.so conf=${file} retry=0\n`, { flag: "wx" });
    return await typeInto("pamtester", [service, user, "authenticate"], lines);
  } finally {
    rmSync(serviceFile, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}
