import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { UseFilters } from "@nestjs/common";
import { EventPattern } from "@nestjs/microservices";
import type { StateRecord } from "./event-bus.js";
import { RethrowFilter } from "./rethrow.filter.js";
import { topicOf } from "./topic.js";

/** Both transports of events carry this mark; Nest gives them the handlers that ask for it. */
export const EVENTS = Symbol("EVENTS");

const rethrowFilter = new RethrowFilter();

export type HandlerExtras =
  | {
      readonly kind: "event";
      readonly schema: DescMessage;
      /** When the event is worthless, on the store's clock; undefined: never. */
      readonly deadlineMs: (event: never) => number | undefined;
    }
  | { readonly kind: "state"; readonly schema: DescMessage };

/** A handler may return nothing else: there is nobody to answer. */
type Handler<Payload> = (payload: Payload) => Promise<void>;
type HandlerDecorator<Payload> = (
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Handler<Payload>>,
) => void;

export interface OnEventOptions<Event> {
  /** When the event is worthless: until then it waits for a store that is away. Without it, it waits for ever. */
  readonly deadlineMs?: (event: Event) => number | undefined;
}

/**
 * Handles the events of one topic: each record once or more, the records of one key one after the other.
 * Replicas of a service share the records. A handler that throws `Unavailable` is called again, later; any other error
 * moves the record to the topic's dead letters.
 */
export function OnEvent<Schema extends DescMessage>(
  schema: Schema,
  options: OnEventOptions<MessageShape<Schema>> = {},
): HandlerDecorator<MessageShape<Schema>> {
  return handlerOf(topicOf(schema).name, {
    kind: "event",
    schema,
    deadlineMs: options.deadlineMs ?? (() => undefined),
  });
}

/** Handles the states of a compacted topic: every replica gets every key's newest record, from the start of the topic. */
export function OnState<Schema extends DescMessage>(
  schema: Schema,
): HandlerDecorator<StateRecord<MessageShape<Schema>>> {
  return handlerOf(topicOf(schema).name, { kind: "state", schema });
}

/** The filter goes with the handler: one of the application would come too late for handlers of a connected transport. */
function handlerOf<Payload>(topic: string, handler: HandlerExtras): HandlerDecorator<Payload> {
  const listen = EventPattern<Record<string, Payload>>(topic, EVENTS, { handler });
  const rethrow = UseFilters(rethrowFilter);
  return (target, name, descriptor) => {
    rethrow(target, name, descriptor);
    listen(target, name, descriptor);
  };
}
