import { execFile } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/** A certificate for 127.0.0.1 that vouches for itself, in PEM files. */
export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** SHA-256 of its public key, in base64: what openconnect may be told to trust. */
  readonly pin: string;
}

const run = promisify(execFile);

/** @param folder where the files are written */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const [certificateFile, keyFile] = [join(folder, "server.pem"), join(folder, "server.key")];
  const names = ["-subj", "/CN=vpn.example", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
  const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", keyFile];
  await run("openssl", ["req", "-x509", ...key, "-out", certificateFile, ...names]);
  const publicKey = new X509Certificate(readFileSync(certificateFile)).publicKey.export({
    type: "spki",
    format: "der",
  });
  return { certificateFile, keyFile, pin: createHash("sha256").update(publicKey).digest("base64") };
}
