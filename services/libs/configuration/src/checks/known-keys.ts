import { z } from "zod";
import { type ContentPath, valueAt } from "../yaml/content-path.js";

/**
 * The keys that the schema knows at a path, for near matches; none where the path ends in no object.
 * @param content tells which of several shapes is meant, where a key tells them apart
 */
export function knownKeys(schema: z.ZodType, path: ContentPath, content: unknown): readonly string[] {
  let current = chosen(bare(schema), content);
  for (const [at, step] of path.entries()) {
    const value = valueAt(content, path.slice(0, at + 1));
    if (current instanceof z.ZodArray) current = chosen(bare(current.element as z.ZodType), value);
    else if (current instanceof z.ZodRecord) current = bare(current.valueType as z.ZodType);
    else if (current instanceof z.ZodObject) {
      current = chosen(bare((current.shape as Record<string, z.ZodType>)[String(step)]), value);
    } else return [];
  }
  if (current instanceof z.ZodObject) return Object.keys(current.shape);
  if (current instanceof z.ZodUnion)
    return current.options.flatMap((option) => knownKeys(option as z.ZodType, [], content));
  return [];
}

/** Of the shapes that a key tells apart, the one that the content has. */
function chosen(schema: z.ZodType | undefined, content: unknown): z.ZodType | undefined {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const { discriminator } = schema.def;
  const options = schema.options.map((option) => bare(option as z.ZodType));
  return options.find(
    (option) =>
      option instanceof z.ZodObject &&
      (option.shape as Record<string, z.ZodType>)[discriminator]?.safeParse(valueAt(content, [discriminator])).success,
  );
}

/** The schema without the wrappers that say it may be left out. */
function bare(schema: z.ZodType | undefined): z.ZodType | undefined {
  let current = schema;
  while (current instanceof z.ZodDefault || current instanceof z.ZodPrefault || current instanceof z.ZodOptional) {
    current = current.unwrap() as z.ZodType;
  }
  return current;
}
