/** Keys and indices from the top of the file to a value. */
export type ContentPath = readonly PropertyKey[];

/** `["clients", 0, "secret"]` as `clients[0].secret`. */
export function formatPath(path: ContentPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? String(step) : `.${String(step)}`;
  }
  return text;
}

/** The value at a path of plain content, or undefined. Own keys only, so that no prototype answers. */
export function valueAt(content: unknown, path: ContentPath): unknown {
  let value = content;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/** The items of a list somewhere in unchecked content; none when there is no list. */
export function listAt(content: unknown, path: ContentPath): readonly unknown[] {
  const value = valueAt(content, path);
  return Array.isArray(value) ? value : [];
}

/** The keys of a mapping somewhere in unchecked content; none when there is no mapping. */
export function keysAt(content: unknown, path: ContentPath): readonly string[] {
  const value = valueAt(content, path);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

/** A text somewhere in unchecked content, or undefined. */
export function textAt(content: unknown, path: ContentPath): string | undefined {
  const value = valueAt(content, path);
  return typeof value === "string" ? value : undefined;
}
