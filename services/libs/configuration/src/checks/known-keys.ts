import { z } from "zod";
import type { ContentPath } from "../yaml/content-path.js";

/** The keys that the schema knows at a path, for near matches; none where the path ends in no object. */
export function knownKeys(schema: z.ZodType, path: ContentPath): readonly string[] {
  let current = bare(schema);
  for (const step of path) {
    if (current instanceof z.ZodArray) current = bare(current.element as z.ZodType);
    else if (current instanceof z.ZodObject) current = bare((current.shape as Record<string, z.ZodType>)[String(step)]);
    else return [];
  }
  if (current instanceof z.ZodObject) return Object.keys(current.shape);
  if (current instanceof z.ZodUnion) return current.options.flatMap((option) => knownKeys(option as z.ZodType, []));
  return [];
}

/** The schema without the wrappers that say it may be left out. */
function bare(schema: z.ZodType | undefined): z.ZodType | undefined {
  let current = schema;
  while (current instanceof z.ZodDefault || current instanceof z.ZodPrefault || current instanceof z.ZodOptional) {
    current = current.unwrap() as z.ZodType;
  }
  return current;
}
