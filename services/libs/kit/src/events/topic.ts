import { type DescMessage, getOption } from "@bufbuild/protobuf";
import { Retention, topic as topicOption } from "@portcullis/proto";

export interface TopicOptions {
  readonly name: string;
  readonly retention: Retention;
}

/** The topic of a message, as its `.proto` file says. Throws for a message that is no event. */
export function topicOf(schema: DescMessage): TopicOptions {
  const option = getOption(schema, topicOption);
  if (option.name === "" || option.retention === Retention.UNSPECIFIED) {
    throw new Error(`${schema.typeName} has no topic in its .proto file.`);
  }
  return { name: option.name, retention: option.retention };
}

/** Where records go that their handlers can't take. */
export function deadLetterTopicOf(topicName: string): string {
  return `${topicName}.dead`;
}
