import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TIMEOUT_MS = 60_000;

export interface Supplicant {
  readonly method: "PEAP" | "TTLS";
  /** The name that everybody sees on the way. */
  readonly outerIdentity: string;
  /** The name that only the target sees. */
  readonly identity: string;
  readonly password: string;
  /** Calling-Station-Id. */
  readonly macAddress: string;
  /** PEM of what vouches for the target. */
  readonly certificateFile: string;
}

export interface EapolServer {
  readonly port: number;
  readonly secret: string;
  /** Loopback address to ask from. */
  readonly sourceAddress: string;
}

export interface EapolResult {
  /** It ended with SUCCESS, and the keys in the Accept are those of the tunnel. */
  readonly succeeded: boolean;
  readonly output: string;
}

/** Runs a whole 802.1X login, as the access point and the supplicant of `eapol_test`. */
export function eapolTest(server: EapolServer, supplicant: Supplicant, seconds = 30): Promise<EapolResult> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-eapol-"));
  const file = join(folder, "supplicant.conf");
  writeFileSync(file, networkOf(supplicant), { mode: 0o600 });
  const { port, secret, sourceAddress } = server;
  const where = ["-a", "127.0.0.1", "-p", String(port), "-s", secret, "-A", sourceAddress];
  const args = ["-c", file, ...where, "-M", supplicant.macAddress, "-t", String(seconds)];
  return new Promise((resolve, reject) => {
    const child = spawn("eapol_test", args, { timeout: TIMEOUT_MS, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (chunk: string) => {
        output += chunk;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => {
      rmSync(folder, { recursive: true, force: true });
      const keys = output.includes("MPPE keys OK: 1  mismatch: 0");
      resolve({ succeeded: code === 0 && keys, output });
    });
  });
}

function networkOf({ method, outerIdentity, identity, password, certificateFile }: Supplicant): string {
  return `network={
  key_mgmt=WPA-EAP
  eap=${method}
  identity="${identity}"
  anonymous_identity="${outerIdentity}"
  password="${password}"
  phase2="auth=${method === "PEAP" ? "MSCHAPV2" : "PAP"}"
  ca_cert="${certificateFile}"
}
`;
}
