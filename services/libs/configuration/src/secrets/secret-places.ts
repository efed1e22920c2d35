import { checkPasswordHash } from "../values/argon2-phc.js";
import { checkPassword, checkSharedSecret, checkTokenSecret, type Rule } from "../values/value-rules.js";
import { type ContentPath, listAt, valueAt } from "../yaml/content-path.js";

/** A place of the file where a secret stands, and the rule its text obeys once it is resolved. */
export interface SecretPlace {
  readonly path: ContentPath;
  readonly rule: Rule;
  readonly kind: "sharedSecret" | "password" | "passwordHash" | "tokenSecret";
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
  for (const user of listAt(content, ["users"]).keys()) {
    const path = ["users", user];
    yield* present(content, { path: [...path, "password"], rule: checkPassword, kind: "password" });
    yield* present(content, { path: [...path, "passwordHash"], rule: checkPasswordHash, kind: "passwordHash" });
    for (const at of listAt(content, [...path, "tokens"]).keys()) {
      yield* present(content, { path: [...path, "tokens", at, "secret"], rule: checkTokenSecret, kind: "tokenSecret" });
    }
  }
}

function* present(content: unknown, place: SecretPlace): Generator<SecretPlace> {
  if (valueAt(content, place.path) !== undefined) yield place;
}
