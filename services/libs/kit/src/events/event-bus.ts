import type { DescMessage, MessageShape } from "@bufbuild/protobuf";

/** Where events are published, whatever carries them. */
export interface EventBus {
  /**
   * Publishes one event on the topic of its message.
   * @param key the records of one key are handled one after the other
   * Resolves when the event is durable as its topic demands; rejects with `Unavailable` when that can't be had now.
   */
  publish<Schema extends DescMessage>(schema: Schema, key: string, event: MessageShape<Schema>): Promise<void>;
  /** Publishes the newest state of a key on a compacted topic; undefined removes the key. */
  publishState<Schema extends DescMessage>(
    schema: Schema,
    key: string,
    state: MessageShape<Schema> | undefined,
  ): Promise<void>;
}

/** What a handler of a compacted topic gets; no state when the key was removed. */
export interface StateRecord<Message> {
  readonly key: string;
  readonly state: Message | undefined;
}
