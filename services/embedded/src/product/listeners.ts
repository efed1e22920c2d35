import type { Configuration, ListenEntry } from "@portcullis/configuration";
import type { ListenAddress, TlsFiles } from "@portcullis/radius-gateway";
import { CommandError } from "../terminal/fail.js";
import type { PublicListener } from "./public-http.js";

/**
 * What the gateway listens on by the configuration.
 * @param env what a key of `fromEnv` is taken from
 * @throws CommandError that names a variable which is not set
 */
export function listenersOf(
  { radius }: Pick<Configuration, "radius">,
  env: Readonly<Record<string, string | undefined>>,
): readonly ListenAddress[] {
  return radius.listen.flatMap((entry) => listenersOfEntry(entry, env));
}

/**
 * What devices and providers' webhooks reach us on by the configuration.
 * @param env what a key of `fromEnv` is taken from
 * @throws CommandError that names a variable which is not set
 */
export function publicListenersOf(
  { http }: Pick<Configuration, "http">,
  env: Readonly<Record<string, string | undefined>>,
): readonly PublicListener[] {
  return (http?.listen ?? []).map(({ address, port, tls }) => ({
    address,
    port,
    ...(tls && { tls: { certificate: tls.certificate, key: keyOf(tls.key, env) } }),
  }));
}

function listenersOfEntry(entry: ListenEntry, env: Readonly<Record<string, string | undefined>>): ListenAddress[] {
  const { address, proxyProtocol } = entry;
  const at = { address, ...(proxyProtocol === undefined ? {} : { proxyProtocol }) };
  if ("tls" in entry) return [{ ...at, port: entry.tlsPort, tls: { ...entry.tls, key: keyOf(entry.tls.key, env) } }];
  const { authPort, acctPort } = entry;
  const accounting: ListenAddress[] = acctPort === undefined ? [] : [{ ...at, port: acctPort, kind: "accounting" }];
  return [{ ...at, port: authPort }, ...accounting];
}

function keyOf(
  key: string | { readonly fromEnv: string },
  env: Readonly<Record<string, string | undefined>>,
): TlsFiles["key"] {
  if (typeof key === "string") return key;
  const pem = env[key.fromEnv];
  if (pem === undefined) throw new CommandError(`The environment variable ${key.fromEnv}, a TLS key, is not set.`);
  return { pem };
}
