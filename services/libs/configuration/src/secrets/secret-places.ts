import { checkPasswordHash } from "../values/argon2-phc.js";
import { checkHeaderValue } from "../values/network-names.js";
import {
  checkPassword,
  checkPin,
  checkProviderSecret,
  checkSharedSecret,
  checkTokenSecret,
  type Rule,
} from "../values/value-rules.js";
import { checkVapidPrivateKey } from "../values/vapid-keys.js";
import { type ContentPath, keysAt, listAt, valueAt } from "../yaml/content-path.js";

/** A place of the file where a secret stands, and the rule its text obeys once it is resolved. */
export interface SecretPlace {
  readonly path: ContentPath;
  readonly rule: Rule;
  readonly kind: "sharedSecret" | "password" | "passwordHash" | "tokenSecret" | "pin" | "provider" | "vapidKey";
}

/** Every place of unchecked content where a secret is written, in the order of the file's sections. */
export function* secretPlaces(content: unknown): Generator<SecretPlace> {
  for (const client of listAt(content, ["clients"]).keys()) {
    const path = ["clients", client];
    yield* present(content, { path: [...path, "secret"], rule: checkSharedSecret, kind: "sharedSecret" });
    for (const at of listAt(content, [...path, "secrets"]).keys()) {
      yield { path: [...path, "secrets", at], rule: checkSharedSecret, kind: "sharedSecret" };
    }
  }
  for (const target of listAt(content, ["targets"]).keys()) {
    for (const at of listAt(content, ["targets", target, "servers"]).keys()) {
      const path = ["targets", target, "servers", at, "secret"];
      yield* present(content, { path, rule: checkSharedSecret, kind: "sharedSecret" });
    }
  }
  yield* notificationPlaces(content);
  for (const user of listAt(content, ["users"]).keys()) {
    const path = ["users", user];
    yield* present(content, { path: [...path, "password"], rule: checkPassword, kind: "password" });
    yield* present(content, { path: [...path, "passwordHash"], rule: checkPasswordHash, kind: "passwordHash" });
    yield* present(content, { path: [...path, "pin"], rule: checkPin, kind: "pin" });
    yield* present(content, { path: [...path, "pinHash"], rule: checkPasswordHash, kind: "passwordHash" });
    for (const at of listAt(content, [...path, "tokens"]).keys()) {
      yield* present(content, { path: [...path, "tokens", at, "secret"], rule: checkTokenSecret, kind: "tokenSecret" });
    }
  }
}

function* notificationPlaces(content: unknown): Generator<SecretPlace> {
  const section = ["notifications"];
  for (const at of listAt(content, [...section, "providers"]).keys()) {
    const path = [...section, "providers", at];
    for (const key of ["authToken", "password"]) {
      yield* present(content, { path: [...path, key], rule: checkProviderSecret, kind: "provider" });
    }
    for (const name of keysAt(content, [...path, "headers"])) {
      yield { path: [...path, "headers", name], rule: checkHeaderValue, kind: "provider" };
    }
  }
  const path = [...section, "webPush", "privateKey"];
  yield* present(content, { path, rule: checkVapidPrivateKey, kind: "vapidKey" });
}

function* present(content: unknown, place: SecretPlace): Generator<SecretPlace> {
  if (valueAt(content, place.path) !== undefined) yield place;
}
