import { type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";

/** The names of all sealed fields begin so, in messages as in tables. */
const SEALED = "sealed_";

/** Whether a message has sealed fields, at any depth. */
export function hasSealedFields(schema: DescMessage, seen: ReadonlySet<DescMessage> = new Set()): boolean {
  if (seen.has(schema)) return false;
  const inner = new Set([...seen, schema]);
  return schema.fields.some(
    (field) => field.name.startsWith(SEALED) || (field.message !== undefined && hasSealedFields(field.message, inner)),
  );
}

/** What stands in the sealed fields of a message, at any depth; fields that are empty have nothing. */
export function sealedFieldsOf(schema: DescMessage, message: Message): Uint8Array[] {
  return fieldsIn(schema, message).filter((sealed) => sealed.length > 0);
}

function fieldsIn(schema: DescMessage, message: Message): Uint8Array[] {
  const read = reflect(schema, message, false);
  return schema.fields.flatMap((field): Uint8Array[] => {
    if (!read.isSet(field)) return [];
    const inner = field.message;
    if (inner !== undefined && field.fieldKind === "list") {
      return [...read.get(field)].flatMap((one) => fieldsIn(inner, (one as { message: Message }).message));
    }
    if (inner !== undefined && field.fieldKind === "message") return fieldsIn(inner, read.get(field).message);
    if (!field.name.startsWith(SEALED) || field.scalar !== ScalarType.BYTES) return [];
    return field.fieldKind === "list" ? ([...read.get(field)] as Uint8Array[]) : [read.get(field) as Uint8Array];
  });
}
