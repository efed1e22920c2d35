import { configurationJsonSchema } from "../schema/file-schema.js";
import { USER_COLUMNS } from "../users/user-columns.js";
import { EXAMPLE } from "./example.js";
import { markdownTable, type SchemaNode, schemaTable } from "./schema-table.js";

/** The reference of `portcullis.yaml` and `users.csv` in Markdown, made from what the code checks. Ends with a newline. */
export function configurationReference(): string {
  const schema: SchemaNode = configurationJsonSchema();
  const columns = Object.entries(USER_COLUMNS).map(([name, { meaning }]) => [`\`${name}\``, meaning]);
  return `# Configuration

## portcullis.yaml

The configuration file. It is strict: an unknown key, a key twice or a value out of its range stops the start, with the
line and what was probably meant. \`portcullis run --config FILE --check\` checks a file and prints it without its secrets.

\`\`\`yaml
${EXAMPLE}\`\`\`

### Top level

${schemaTable(schema)}

${sections(schema, "")}### Secrets

A secret is a text, \`{ fromFile: path }\` or \`{ fromEnv: NAME }\`.

${schemaTable(secretSchemas(schema))}

## users.csv

The file that \`usersFile\` names, for many users: UTF-8, values separated by commas, a value with a comma or a quote
within quotes. The first line names the columns, in any order; those without a value may be left out. One line is one
user; login names and serials are unique over both files.

${markdownTable(["Column", "Meaning"], columns)}

\`\`\`csv
name,serial,secret
alice@corp.example,T1,JBSWY3DPEHPK3PXP
bob,,
\`\`\`
`;
}

/** One section for each mapping below a node, in the order of the file. */
function sections(node: SchemaNode, path: string): string {
  let text = "";
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const inner = child.items ?? child;
    const innerPath = `${path}${key}${child.items === undefined ? "" : "[]"}`;
    for (const shape of inner.oneOf ?? []) {
      text += `### ${innerPath} of type ${String(shape.properties?.["type"]?.const)}\n\n${schemaTable(shape)}\n\n`;
    }
    if (inner.properties === undefined) continue;
    text += `### ${innerPath}\n\n${schemaTable(inner)}\n\n${sections(inner, `${innerPath}.`)}`;
  }
  return text;
}

/** The two ways to keep a secret elsewhere, which are the same at each secret, as one mapping. */
function secretSchemas(schema: SchemaNode): SchemaNode {
  const choices = schema.properties?.["clients"]?.items?.properties?.["secret"]?.anyOf ?? [];
  return {
    properties: Object.assign({}, ...choices.map(({ properties }) => properties)) as Record<string, SchemaNode>,
  };
}
