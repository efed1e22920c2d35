import type { Secret } from "./secret.js";

/** Where a secret came from, as the file says it. */
export type SecretReference = { readonly fromFile: string } | { readonly fromEnv: string };

const references = new WeakMap<Secret<unknown>, SecretReference>();

/** Remembers that a secret was not written in the file itself, so that the redacted configuration can say where it is. */
export function rememberReference(secret: Secret, reference: SecretReference): void {
  references.set(secret, reference);
}

/** Undefined for a secret that stands in the file itself. */
export function referenceOf(secret: Secret<unknown>): SecretReference | undefined {
  return references.get(secret);
}
