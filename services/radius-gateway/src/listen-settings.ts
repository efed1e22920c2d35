import type { z } from "zod";
import type { ListenAddress } from "./adapters/radius/listen-address.js";
import type { TlsFiles } from "./adapters/tls/tls-credentials.js";
import type { Environment } from "./config.js";

const MAX_LISTENERS = 16;

type Settings = Pick<
  z.infer<typeof Environment>,
  Extract<keyof z.infer<typeof Environment>, `PORTCULLIS_RADIUS_${string}`>
>;

/**
 * The listeners that the environment names.
 * @throws Error that names the variable which does not fit the others
 */
export function listenersOf(settings: Settings): readonly ListenAddress[] {
  const proxies = settings.PORTCULLIS_RADIUS_PROXY_PROTOCOL;
  const proxied = proxies.length === 0 ? {} : { proxyProtocol: proxies };
  const tlsAddresses = settings.PORTCULLIS_RADIUS_TLS_LISTEN;
  const tls = tlsAddresses.length === 0 ? undefined : tlsFilesOf(settings);
  const listeners: readonly ListenAddress[] = [
    ...settings.PORTCULLIS_RADIUS_LISTEN.map((at) => ({ ...at, ...proxied })),
    ...settings.PORTCULLIS_RADIUS_ACCT_LISTEN.map((at) => ({ ...at, ...proxied, kind: "accounting" as const })),
    ...(tls === undefined ? [] : tlsAddresses.map((at) => ({ ...at, ...proxied, tls }))),
  ];
  if (listeners.length === 0) {
    throw new Error("PORTCULLIS_RADIUS_LISTEN: the gateway listens nowhere; it and the other lists are none.");
  }
  if (listeners.length > MAX_LISTENERS) {
    throw new Error(
      `PORTCULLIS_RADIUS_LISTEN: there are ${listeners.length} listeners, ${MAX_LISTENERS} are the most.`,
    );
  }
  return listeners;
}

function tlsFilesOf(settings: Settings): TlsFiles {
  const files = {
    PORTCULLIS_RADIUS_TLS_CERTIFICATE_FILE: settings.PORTCULLIS_RADIUS_TLS_CERTIFICATE_FILE,
    PORTCULLIS_RADIUS_TLS_KEY_FILE: settings.PORTCULLIS_RADIUS_TLS_KEY_FILE,
    PORTCULLIS_RADIUS_TLS_CA_FILE: settings.PORTCULLIS_RADIUS_TLS_CA_FILE,
  };
  const [missing] = Object.entries(files).find(([, path]) => path === "") ?? [];
  if (missing !== undefined) throw new Error(`${missing}: is needed for PORTCULLIS_RADIUS_TLS_LISTEN.`);
  return {
    certificate: files.PORTCULLIS_RADIUS_TLS_CERTIFICATE_FILE,
    key: files.PORTCULLIS_RADIUS_TLS_KEY_FILE,
    ca: files.PORTCULLIS_RADIUS_TLS_CA_FILE,
  };
}
