import { readFileSync } from "node:fs";

/** One entry of a file in `test/vectors`; the README there says what the lines mean. */
export interface Vector {
  readonly name: string;
  readonly secret: string;
  readonly octets: Buffer;
  readonly malformed: string | undefined;
  readonly code: number;
  readonly identifier: number;
  readonly attributes: ReadonlyArray<{ readonly type: number; readonly hex: string }>;
  readonly password: string | undefined;
  readonly messageAuthenticator: string | undefined;
  readonly answers: { readonly request: string; readonly outcome: string } | undefined;
}

/** The files of vectors, by name. */
export const VECTOR_FILES = ["rfc2865", "rfc5997", "own", "clients"] as const;

/**
 * Reads the vectors of a file.
 * @throws Error when a line is unknown, a source is missing or the count at the end differs: a lost vector must show
 */
export function readVectors(file: (typeof VECTOR_FILES)[number]): readonly Vector[] {
  const text = readFileSync(new URL(`../../test/vectors/${file}.txt`, import.meta.url), "utf8");
  const unfolded = text
    .replace(/^#.*\n/gm, "")
    .replace(/\n /g, " ")
    .trim();
  const entries = unfolded.split(/\n{2,}/).map(fieldsOf);
  const count = Number(entries.pop()?.get("count")?.[0]);
  if (count !== entries.length) {
    throw new Error(`${file}.txt says it has ${count} vectors and has ${entries.length}`);
  }
  return entries.map(vectorOf);
}

const KEYS = [
  "vector",
  "source",
  "secret",
  "octets",
  "malformed",
  "code",
  "identifier",
  "attribute",
  "password",
  "message-authenticator",
  "answers",
  "count",
] as const;

function fieldsOf(entry: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const line of entry.split("\n")) {
    const colon = line.indexOf(":");
    const key = line.slice(0, colon);
    if (!KEYS.some((known) => known === key)) {
      throw new Error(`unknown line in a vector: ${line}`);
    }
    fields.set(key, [...(fields.get(key) ?? []), line.slice(colon + 1).trim()]);
  }
  return fields;
}

function vectorOf(fields: ReadonlyMap<string, readonly string[]>): Vector {
  const required = (key: string): string => {
    const value = fields.get(key)?.[0];
    if (value === undefined) {
      throw new Error(`a vector without ${key}`);
    }
    return value;
  };
  required("source");
  const [request, outcome] = fields.get("answers")?.[0]?.split(" ") ?? [];
  return {
    name: required("vector"),
    secret: required("secret"),
    octets: Buffer.from(required("octets").replaceAll(" ", ""), "hex"),
    malformed: fields.get("malformed")?.[0],
    code: Number(fields.get("code")?.[0]),
    identifier: Number(fields.get("identifier")?.[0]),
    attributes: (fields.get("attribute") ?? []).map((line) => {
      const [type, hex = ""] = line.split(" ");
      return { type: Number(type), hex };
    }),
    password: fields.get("password")?.[0],
    messageAuthenticator: fields.get("message-authenticator")?.[0],
    answers: request === undefined || outcome === undefined ? undefined : { request, outcome },
  };
}
