// docs/reference/events.md: every message of proto/, what its comments say, and the topic it travels on.
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { createFileRegistry, fromBinary, getOption, hasOption, ScalarType } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

const TOPIC_OPTION = "portcullis.event.v1.topic";
const MAX_DESCRIPTOR_BYTES = 16 * 1024 * 1024;

// Field numbers of google.protobuf.FileDescriptorProto and DescriptorProto, of which the paths to comments are made.
const MESSAGES = 4;
const ENUMS = 5;
const MEMBERS = 2;

/** @param {string} root of the repository */
export function eventsPage(root) {
  const registry = readContracts(root);
  const option = registry.getExtension(TOPIC_OPTION);
  const files = [...registry.files].filter(
    (file) => file.proto.package.startsWith("portcullis.") && file !== option.file,
  );
  const messages = files.flatMap(({ messages }) => messages).filter(({ parent }) => parent === undefined);
  const events = messages.filter((message) => hasOption(message, option)).sort(byName);
  const others = messages.filter((message) => !events.includes(message)).sort(byName);
  const enums = files.flatMap(({ enums }) => enums).sort(byName);
  const retentions = new Map(
    registry.getEnum("portcullis.event.v1.Retention").values.map((value) => [value.number, value]),
  );
  const kept = ({ retention }) => commentOf(retentions.get(retention)).replaceAll("\n", " ");
  const index = events.map((event) => {
    const topic = getOption(event, option);
    return [`[${event.name}](#${event.name.toLowerCase()})`, `\`${topic.name}\``, kept(topic)];
  });
  const parts = [
    "# Events",
    "What the services tell each other: one Protobuf message for each Kafka topic. The contracts are the `.proto` files in\n`proto/`, which this page is made from. A record that cannot be handled goes to the topic's name with `.dead` behind it.",
    table(["Event", "Topic", "Kept"], index),
    ...events.map((event) => messageSection(event, `Topic \`${getOption(event, option).name}\`.`)),
    "# Parts of events",
    ...others.map((message) => messageSection(message)),
    ...enums.map(enumSection),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The descriptors with their comments, which generated code leaves out. */
function readContracts(root) {
  const buf = resolve(root, "node_modules/.bin/buf");
  const bytes = execFileSync(buf, ["build", "-o", "-"], { cwd: root, maxBuffer: MAX_DESCRIPTOR_BYTES });
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
}

function messageSection(message, topic) {
  const rows = message.fields.map((field) => [
    String(field.number),
    `\`${field.name}\``,
    typeOf(field),
    commentOf(field).replaceAll("\n", " "),
  ]);
  const comment = topic === undefined ? commentOf(message) : `${topic} ${commentOf(message)}`;
  return `## ${message.name}\n\n${comment}\n\n${table(["", "Field", "Type", "Meaning"], rows)}`;
}

function enumSection(description) {
  const rows = description.values.map((value) => [
    String(value.number),
    `\`${value.name}\``,
    commentOf(value).replaceAll("\n", " "),
  ]);
  return `## ${description.name}\n\n${commentOf(description)}\n\n${table(["", "Value", "Meaning"], rows)}`;
}

function typeOf(field) {
  const one = field.message?.name ?? field.enum?.name;
  const name = one === undefined ? ScalarType[field.scalar].toLowerCase() : `[${one}](#${one.toLowerCase()})`;
  return field.fieldKind === "list" ? `list of ${name}` : name;
}

/** The comment above a message, an enum, a field or a value; it must have one. */
function commentOf(description) {
  const path = pathOf(description).join();
  const { file } = "file" in description ? description : description.parent;
  const locations = file.proto.sourceCodeInfo?.location ?? [];
  const comment = locations.find((location) => location.path.join() === path)?.leadingComments;
  if (comment === undefined) throw new Error(`${description} has no comment in ${file.name}.proto`);
  return comment
    .split("\n")
    .map((line) => line.trim())
    .join("\n")
    .trim();
}

function pathOf(description) {
  if (description.kind === "message") return [MESSAGES, description.file.proto.messageType.indexOf(description.proto)];
  if (description.kind === "enum") return [ENUMS, description.file.proto.enumType.indexOf(description.proto)];
  const { parent } = description;
  const members = parent.kind === "enum" ? parent.proto.value : parent.proto.field;
  return [...pathOf(parent), MEMBERS, members.indexOf(description.proto)];
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function byName(a, b) {
  return a.name < b.name ? -1 : 1;
}
