/** What the reference pages use of a JSON Schema (draft 2020-12). */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaNode[];
  /** Shapes that a key `type` tells apart. */
  readonly oneOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** The keys of an object as a Markdown table: key, type, default, meaning with its range. */
export function schemaTable({ properties = {}, required = [] }: SchemaNode): string {
  const rows = Object.entries(properties).map(([key, node]) => {
    const byDefault = required.includes(key) ? "required" : defaultOf(node);
    return [`\`${key}\``, typeOf(node), byDefault, meaningOf(node)];
  });
  return markdownTable(["Key", "Type", "Default", "Meaning"], rows);
}

/** A Markdown table; a bar within a cell is escaped. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map(markdownRow).join("\n");
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  object: "mapping",
};

function typeOf(node: SchemaNode): string {
  if (isSecret(node)) return "secret";
  if (node.items !== undefined) return `list of ${isSecret(node.items) ? "secrets" : listName(node.items)}`;
  return wordsOf(node) ?? nameOf(node);
}

function listName(items: SchemaNode): string {
  return wordsOf(items) ?? `${nameOf(items)}s`;
}

function wordsOf(node: SchemaNode): string | undefined {
  const words = node.const === undefined ? node.enum : [node.const];
  return words?.map((value) => `\`${String(value)}\``).join(", ");
}

function nameOf({ type = "", oneOf }: SchemaNode): string {
  return oneOf === undefined ? (TYPE_NAMES[type] ?? type) : "mapping";
}

/** The only choice of shapes that no key tells apart is that of a secret. */
function isSecret({ anyOf }: SchemaNode): boolean {
  return anyOf !== undefined;
}

function defaultOf({ default: value, properties }: SchemaNode): string {
  if (value === undefined) return "none";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text === "[]" || text === "") return "none";
  if (text === "{}") return properties === undefined ? "none" : "see below";
  return `\`${text}\``;
}

function meaningOf({ description = "", minimum, maximum, minItems, maxItems }: SchemaNode): string {
  // The settings of the environment say their range in their description, which errors show too.
  const range = `${minimum} to ${maximum}`;
  if (maximum !== undefined && !description.includes(range)) return `${description} From ${range}.`;
  if (maxItems !== undefined) return `${description} ${minItems ?? 0} to ${maxItems} entries.`;
  return description;
}
