import { distance } from "fastest-levenshtein";
import type { z } from "zod";

/**
 * Reads a service's settings from environment variables, all of them named `PORTCULLIS_*`. An unknown one stops the start:
 * a misspelt setting that is silently ignored may leave a door open.
 * @returns the settings; throws an error for people, with all that is wrong and no value in it
 */
export function readEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<Schema> {
  const known = Object.keys(schema.shape);
  // An empty variable is one that is not set: that is how compose files and charts leave one out.
  const given = Object.entries(environment).filter(
    ([name, value]) => name.startsWith("PORTCULLIS_") && value !== undefined && value !== "",
  );
  const set = new Set(given.map(([name]) => name));
  const problems = given.filter(([name]) => !known.includes(name)).map(([name]) => unknown(name, known));
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = issue.path.join(".");
      if (name === "") problems.push(`${issue.message}.`);
      else problems.push(set.has(name) ? `${name}: ${issue.message}.` : `${name} is not set, and it must be.`);
    }
  }
  if (problems.length > 0 || !parsed.success) throw new Error(`The environment is wrong.\n  ${problems.join("\n  ")}`);
  return parsed.data;
}

function unknown(name: string, known: readonly string[]): string {
  const near = known.map((other) => ({ other, far: distance(name, other) })).sort((a, b) => a.far - b.far)[0];
  const hint = near && near.far <= 6 ? ` Did you mean ${near.other}?` : "";
  return `${name} is not a setting of this service.${hint}`;
}
