import { resolve } from "node:path";
import type { AppendedCodeRule, ClientEntry, ListenEntry, ReplyAttributeRule, TargetEntry } from "./configuration.js";
import type { FileContent } from "./schema/file-schema.js";
import { DEFAULT_AUTH_PORT, DEFAULT_TLS_PORT } from "./schema/radius-schema.js";
import type { SecretInput } from "./schema/secret-schema.js";
import { DEFAULT_RESPONSE_WINDOW_SECONDS } from "./schema/targets-schema.js";
import type { Secret } from "./secrets/secret.js";
import { parseClientAddress } from "./values/client-address.js";
import { type ContentPath, formatPath } from "./yaml/content-path.js";

export type SecretsByPath = ReadonlyMap<string, Secret>;

/** What was resolved before an entry is built. */
interface ResolvedParts {
  readonly secrets: SecretsByPath;
  /** By the client's index. */
  readonly rules: ReadonlyMap<number, readonly ReplyAttributeRule[]>;
}

/** The entry of a client whose shape, references, secrets and reply attributes were checked. */
export function clientEntry(
  content: FileContent["clients"][number],
  at: number,
  { secrets, rules }: ResolvedParts,
): ClientEntry {
  const { address, addresses, secret, secrets: several, application, tls, appendedCode, ...others } = content;
  const { replyAttributes: _, trustedNetworks, reconnectWindowSeconds, ...rest } = others;
  const path = ["clients", at];
  const secretPaths =
    secret === undefined ? (several ?? []).map((_, index) => [...path, "secrets", index]) : [[...path, "secret"]];
  return {
    ...rest,
    addresses: (address === undefined ? (addresses ?? []) : [address]).map(canonicalAddress),
    secrets: secretPaths.map((secretPath) => secretAt(secrets, secretPath)),
    application: application ?? content.name,
    trustedNetworks: trustedNetworks.map(canonicalAddress),
    ...(reconnectWindowSeconds === undefined ? {} : { reconnectWindowSeconds }),
    replyAttributes: rules.get(at) ?? [],
    ...(tls === undefined ? {} : { tls }),
    ...(appendedCode === undefined ? {} : { appendedCode: appendedCodeRule(appendedCode) }),
  };
}

function appendedCodeRule({
  separator,
  digits,
}: NonNullable<FileContent["clients"][number]["appendedCode"]>): AppendedCodeRule {
  if (separator !== undefined) return { separator };
  if (digits === undefined) throw new Error("bug: an appended code that the schema passed has no rule");
  return { digits };
}

/**
 * A listener whose shape was checked.
 * @param folder that of the configuration file, which relative paths start from
 */
export function listenEntry(content: FileContent["radius"]["listen"][number], folder: string): ListenEntry {
  const { address, authPort = DEFAULT_AUTH_PORT, acctPort, tlsPort = DEFAULT_TLS_PORT, tls, proxyProtocol } = content;
  const proxies = proxyProtocol === undefined ? {} : { proxyProtocol: proxyProtocol.map(canonicalAddress) };
  if (tls === undefined) return { address, authPort, ...(acctPort === undefined ? {} : { acctPort }), ...proxies };
  return { address, tlsPort, tls: { ...certificateFiles(tls, folder), ca: resolve(folder, tls.ca) }, ...proxies };
}

interface CertificateContent {
  readonly certificate: string;
  readonly key: SecretInput;
}

/** Where a listener's certificate and key are, in absolute paths. */
export function certificateFiles({ certificate, key }: CertificateContent, folder: string) {
  const keyPath = typeof key === "string" ? key : "fromFile" in key ? key.fromFile : undefined;
  return {
    certificate: resolve(folder, certificate),
    key: keyPath === undefined ? (key as { readonly fromEnv: string }) : resolve(folder, keyPath),
  };
}

export function canonicalAddress(text: string): string {
  const parsed = parseClientAddress(text);
  if (!parsed.ok) throw new Error("bug: an address that the schema passed does not parse");
  return parsed.value;
}

/** The entry of a target whose shape and secrets were checked. */
export function targetEntry(content: FileContent["targets"][number], at: number, secrets: SecretsByPath): TargetEntry {
  const { name, type, servers = [], returnsInnerIdentity = false } = content;
  const { responseWindowSeconds = DEFAULT_RESPONSE_WINDOW_SECONDS } = content;
  if (type !== "radius") return { name, type };
  const path = ["targets", at, "servers"];
  return {
    name,
    type,
    servers: servers.map((server, index) => ({ ...server, secret: secretAt(secrets, [...path, index, "secret"]) })),
    returnsInnerIdentity,
    responseWindowSeconds,
  };
}

export function secretAt(secrets: SecretsByPath, path: ContentPath): Secret {
  const secret = secrets.get(formatPath(path));
  if (secret === undefined) throw new Error(`bug: the secret at ${formatPath(path)} was not resolved`);
  return secret;
}
