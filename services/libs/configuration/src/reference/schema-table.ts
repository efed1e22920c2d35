/** What the reference pages use of a JSON Schema (draft 2020-12). */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaNode[];
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
  if (node.items !== undefined) return `list of ${isSecret(node.items) ? "secrets" : `${nameOf(node.items)}s`}`;
  return node.enum === undefined ? nameOf(node) : node.enum.map((value) => `\`${String(value)}\``).join(", ");
}

function nameOf({ type = "" }: SchemaNode): string {
  return TYPE_NAMES[type] ?? type;
}

/** The only choice of shapes in the file is that of a secret. */
function isSecret({ anyOf }: SchemaNode): boolean {
  return anyOf !== undefined;
}

function defaultOf({ default: value }: SchemaNode): string {
  if (value === undefined) return "none";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text === "[]" || text === "") return "none";
  return text === "{}" ? "see below" : `\`${text}\``;
}

function meaningOf({ description = "", minimum, maximum, minItems, maxItems }: SchemaNode): string {
  // The settings of the environment say their range in their description, which errors show too.
  const range = `${minimum} to ${maximum}`;
  if (maximum !== undefined && !description.includes(range)) return `${description} From ${range}.`;
  if (maxItems !== undefined) return `${description} ${minItems ?? 0} to ${maxItems} entries.`;
  return description;
}
