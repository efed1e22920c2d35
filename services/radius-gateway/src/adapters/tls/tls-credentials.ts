import { constants } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext, type SecureContextOptions } from "node:tls";

/** Where the PEM texts of a TLS listener are. */
export interface TlsFiles {
  /** Path of the gateway's certificate and its chain. */
  readonly certificate: string;
  /** Path of its private key, or the key itself, from the environment. */
  readonly key: string | { readonly pem: string };
  /** Path of the certificates that clients' certificates come from. The system's own store counts for nothing. */
  readonly ca: string;
}

/** Certificate, key and authorities cannot be used as they are; the message says why and holds nothing of them. */
export class TlsFilesError extends Error {
  readonly code = "TLS_FILES_WRONG";
}

/** What TLS contexts are made of; the PEM texts tell whether they changed. */
export type TlsCredentials = SecureContextOptions & Record<"cert" | "key" | "ca", string>;

/**
 * Reads them and makes sure that they fit. Only TLS 1.2 and newer; no session is resumed, so that each connection shows its
 * certificate anew; no renegotiation (RFC 9325 section 3.5, radiusdtls-bis).
 * @throws TlsFilesError that names the file, never what is in it
 */
export async function readTlsCredentials(files: TlsFiles): Promise<TlsCredentials> {
  const { key } = files;
  const options: TlsCredentials = {
    cert: await readPem(files.certificate, "certificate"),
    key: typeof key === "string" ? await readPem(key, "key") : key.pem,
    ca: await readPem(files.ca, "ca"),
    minVersion: "TLSv1.2",
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  };
  try {
    createSecureContext(options);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new TlsFilesError(`The TLS certificate, key and ca do not fit together or are not PEM (${code}).`, {
      cause: error,
    });
  }
  return options;
}

async function readPem(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new TlsFilesError(`The file of the TLS ${what}, ${path}, cannot be read (${code}).`, { cause: error });
  }
}
