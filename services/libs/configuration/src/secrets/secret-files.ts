import { dirname, resolve } from "node:path";
import type { Configuration } from "../configuration.js";
import { Secret } from "./secret.js";
import { referenceOf } from "./secret-reference.js";

/** Files whose readers learn a secret: whose mode matters. */
export interface SecretFiles {
  /** Whether secrets stand in `portcullis.yaml` itself. */
  readonly inline: boolean;
  /** Absolute paths of the files that `fromFile` names, each once. */
  readonly files: readonly string[];
}

/** Finds the secrets wherever in the configuration they are, those of parts that are added later included. */
export function secretFilesOf(configuration: Configuration): SecretFiles {
  const files = new Set<string>();
  let inline = false;
  for (const secret of secretsIn(configuration)) {
    const reference = referenceOf(secret);
    if (reference === undefined) inline = true;
    else if ("fromFile" in reference) files.add(resolve(dirname(configuration.file), reference.fromFile));
  }
  return { inline, files: [...files] };
}

/** The configuration is a tree that its schema bounds in depth and size. */
function* secretsIn(value: unknown): Generator<Secret> {
  if (value instanceof Secret) {
    // Octets are made of texts that are found beside them.
    if (typeof value.reveal() === "string") yield value;
  } else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) yield* secretsIn(part);
  }
}
