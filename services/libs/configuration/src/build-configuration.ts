import { loginNameOf } from "@portcullis/login";
import type { ClientEntry, TokenEntry, UserEntry } from "./configuration.js";
import type { FileContent } from "./schema/file-schema.js";
import type { Secret } from "./secrets/secret.js";
import { parseClientAddress } from "./values/client-address.js";
import { type ContentPath, formatPath } from "./yaml/content-path.js";

export type SecretsByPath = ReadonlyMap<string, Secret>;

/** The entry of a client whose shape, references and secrets were checked. */
export function clientEntry(content: FileContent["clients"][number], at: number, secrets: SecretsByPath): ClientEntry {
  const { address, addresses, secret, secrets: several, application, ...rest } = content;
  const path = ["clients", at];
  const secretPaths =
    secret === undefined ? (several ?? []).map((_, index) => [...path, "secrets", index]) : [[...path, "secret"]];
  return {
    ...rest,
    addresses: (address === undefined ? (addresses ?? []) : [address]).map(canonicalAddress),
    secrets: secretPaths.map((secretPath) => secretAt(secrets, secretPath)),
    application: application ?? content.name,
  };
}

function canonicalAddress(text: string): string {
  const parsed = parseClientAddress(text);
  if (!parsed.ok) throw new Error("bug: an address that the schema passed does not parse");
  return parsed.value;
}

/** The entry of a user whose shape, uniqueness and secrets were checked. */
export function userEntry(content: FileContent["users"][number], at: number, secrets: SecretsByPath): UserEntry {
  const { name, password, passwordHash, enabled, tokens } = content;
  const path = ["users", at];
  return {
    name,
    loginName: loginNameOf(name),
    ...(password === undefined ? {} : { password: secretAt(secrets, [...path, "password"]) }),
    ...(passwordHash === undefined ? {} : { passwordHash: secretAt(secrets, [...path, "passwordHash"]) }),
    enabled,
    tokens: tokens.map(
      ({ serial, type, digits, period, algorithm }, index): TokenEntry => ({
        serial,
        type,
        secret: secretAt(secrets, [...path, "tokens", index, "secret"]),
        digits,
        periodSeconds: period,
        algorithm,
      }),
    ),
  };
}

function secretAt(secrets: SecretsByPath, path: ContentPath): Secret {
  const secret = secrets.get(formatPath(path));
  if (secret === undefined) throw new Error(`bug: the secret at ${formatPath(path)} was not resolved`);
  return secret;
}
