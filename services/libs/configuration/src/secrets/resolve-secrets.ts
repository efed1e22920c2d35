import type { ConfigurationError } from "../configuration-error.js";
import { secretSchema } from "../schema/secret-schema.js";
import { canonicalBase32 } from "../values/base32.js";
import { STRONG_SHARED_SECRET_BYTES } from "../values/value-rules.js";
import { formatPath, valueAt } from "../yaml/content-path.js";
import type { SourceDocument } from "../yaml/source-document.js";
import { Secret } from "./secret.js";
import { type SecretPlace, secretPlaces } from "./secret-places.js";
import { rememberReference } from "./secret-reference.js";
import type { SecretSource } from "./secret-source.js";

/** The secrets of a file by their formatted path, what is wrong with some, and which ones are weak. */
export interface ResolvedSecrets {
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly errors: readonly ConfigurationError[];
  readonly warnings: readonly ConfigurationError[];
}

/** Resolves every secret of a file and checks its text. A place with the wrong shape is skipped: the schema reports it. */
export async function resolveSecrets(source: SourceDocument, from: SecretSource): Promise<ResolvedSecrets> {
  const secrets = new Map<string, Secret>();
  const errors: ConfigurationError[] = [];
  const warnings: ConfigurationError[] = [];
  for (const place of secretPlaces(source.content)) {
    const input = secretSchema.safeParse(valueAt(source.content, place.path)).data;
    if (input === undefined) continue;
    const read = await from.read(input);
    const wrong = read.ok ? place.rule(read.value) : read.failure;
    if (wrong !== undefined) errors.push(source.errorAt(place.path, wrong));
    if (!read.ok || wrong !== undefined) continue;
    if (isWeak(place, read.value)) warnings.push(source.errorAt(place.path, WEAK_SECRET));
    const secret = new Secret(stored(place, read.value));
    if (typeof input !== "string") rememberReference(secret, input);
    secrets.set(formatPath(place.path), secret);
  }
  return { secrets, errors, warnings };
}

const WEAK_SECRET = `the shared secret is weak: make it at least ${STRONG_SHARED_SECRET_BYTES} random characters`;

function isWeak({ kind }: SecretPlace, text: string): boolean {
  return kind === "sharedSecret" && Buffer.byteLength(text) < STRONG_SHARED_SECRET_BYTES;
}

function stored({ kind }: SecretPlace, text: string): string {
  return kind === "tokenSecret" ? (canonicalBase32(text) ?? text) : text;
}
