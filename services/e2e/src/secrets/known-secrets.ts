import { readFileSync } from "node:fs";
import { ntPasswordHash } from "../harness/ms-chap.js";
import type { KnownSecret } from "./secret-search.js";
import type { Secrets } from "./secrets-configuration.js";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

const text = (name: string, value: string): KnownSecret => ({ name, octets: Buffer.from(value) });

/** All that a run knew and nobody else may: each with what can be computed from it and is as good as it. */
export function knownSecrets(secrets: Secrets, typedCodes: readonly string[]): KnownSecret[] {
  const named = <Value>(what: string, values: Readonly<Record<string, Value>>) =>
    Object.entries(values).map(([name, value]) => [`${what} of ${name}`, value] as const);
  return [
    ...named("shared secret", secrets.clients).map(([name, value]) => text(name, value)),
    text("shared secret of the target", secrets.target),
    text("tunnel password of ours", secrets.tunnelPassword),
    text("tunnel password of the target", secrets.targetsTunnelPassword),
    text("wrong password", secrets.wrongPassword),
    text("wrong API key", secrets.wrongApiKey),
    ...named("password", secrets.passwords).flatMap(([name, value]) => [
      text(name, value),
      { name: `NT hash of the ${name}`, octets: ntPasswordHash(value) },
    ]),
    ...named("token seed", secrets.seeds).flatMap(([name, value]) => [
      text(`${name} in base32`, value),
      text(`${name} in small base32`, value.toLowerCase()),
      { name, octets: octetsOf(value) },
    ]),
    ...named("phone", secrets.phones).map(([name, value]) => ({ ...text(name, value.slice(1)), isNumber: true })),
    { ...text("PIN", secrets.pin), isNumber: true },
    ...named("settings' secret", secrets.settings).map(([name, value]) => text(name, value)),
    ...typedCodes.map((code, at) => ({ ...text(`typed code ${at + 1}`, code), isNumber: true })),
  ];
}

/** The keys of a key file. Their base64 is one of the forms that are looked for. */
export function keysOf(keysFile: string): KnownSecret[] {
  const { sealing, digest, audit } = JSON.parse(readFileSync(keysFile, "utf8")) as {
    readonly sealing: Readonly<Record<string, string>>;
    readonly digest: string;
    readonly audit: string;
  };
  const keys = Object.entries({ ...sealing, digest, audit });
  return keys.map(([name, key]) => ({ name: `key ${name} of the ring`, octets: Buffer.from(key, "base64") }));
}

export const apiKeyOf = (file: string): KnownSecret => text("API key", readFileSync(file, "utf8"));

function octetsOf(base32: string): Buffer {
  const bits = Array.from(base32, (character) => BASE32.indexOf(character).toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)));
}
