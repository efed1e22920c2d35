import { createRegistry, type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import type { EventBus } from "@portcullis/kit";
import {
  AccountingReceivedSchema,
  AccountingRequestedSchema,
  ChallengeAnsweredSchema,
  LoginRequestedSchema,
} from "@portcullis/proto";
import type { Handlers, Peer } from "./peer.js";

/** What a gateway publishes. */
const EVENTS = createRegistry(
  LoginRequestedSchema,
  ChallengeAnsweredSchema,
  AccountingReceivedSchema,
  AccountingRequestedSchema,
);

/** Publishes on the bus of another thread. */
export class RemoteBus implements EventBus {
  readonly #peer: Peer;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  async publish<Schema extends DescMessage>(schema: Schema, key: string, event: MessageShape<Schema>): Promise<void> {
    await this.#peer.call("publish", schema.typeName, key, toBinary(schema, event));
  }

  publishState(): Promise<void> {
    return Promise.reject(new Error("A gateway publishes no states."));
  }
}

/** What the thread of the bus answers to. */
export function busHandlers(bus: EventBus): Handlers {
  return {
    publish: (typeName: string, key: string, event: Uint8Array) => {
      const schema = EVENTS.getMessage(typeName);
      if (schema === undefined) throw new Error(`A gateway publishes no ${typeName}.`);
      return bus.publish(schema, key, fromBinary(schema, event));
    },
  };
}
