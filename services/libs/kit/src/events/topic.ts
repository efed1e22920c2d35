import { type DescMessage, getOption } from "@bufbuild/protobuf";
import { Retention, topic as topicOption } from "@portcullis/proto";

export interface TopicOptions {
  readonly name: string;
  readonly retention: Retention;
}

/** As many entries as there are messages that travel on a topic. */
const known = new Map<DescMessage, TopicOptions>();

/** The topic of a message, as its `.proto` file says. Throws for a message that is no event. */
export function topicOf(schema: DescMessage): TopicOptions {
  const cached = known.get(schema);
  if (cached !== undefined) return cached;
  const option = getOption(schema, topicOption);
  if (option.name === "" || option.retention === Retention.UNSPECIFIED) {
    throw new Error(`${schema.typeName} has no topic in its .proto file.`);
  }
  const options = { name: option.name, retention: option.retention };
  known.set(schema, options);
  return options;
}

/** Where records go that their handlers can't take. */
export function deadLetterTopicOf(topicName: string): string {
  return `${topicName}.dead`;
}
