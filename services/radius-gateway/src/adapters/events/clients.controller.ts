import { Controller, Inject } from "@nestjs/common";
import { LOG, type Log, OnState, Sealer, type StateRecord } from "@portcullis/kit";
import { type ClientChanged, ClientChangedSchema } from "@portcullis/proto";
import { ClientRegistry } from "../radius/client-registry.js";
import { clientOf } from "./client-of.js";

/** Keeps this process's copy of the clients. */
@Controller()
export class ClientsController {
  readonly #clients: ClientRegistry;
  readonly #sealer: Sealer;
  readonly #log: Log;

  constructor(@Inject(ClientRegistry) clients: ClientRegistry, @Inject(Sealer) sealer: Sealer, @Inject(LOG) log: Log) {
    this.#clients = clients;
    this.#sealer = sealer;
    this.#log = log;
  }

  /** Rejects with `UnknownKey` while this process lacks the key of the client's secrets. */
  @OnState(ClientChangedSchema)
  async clientChanged({ key, state }: StateRecord<ClientChanged>): Promise<void> {
    if (state === undefined) {
      this.#clients.remove(key);
      return;
    }
    const { client, unreadable } = clientOf(state, this.#sealer);
    if (unreadable > 0) this.#log.error("radius.client_unreadable", { client: client.name, unreadable });
    this.#clients.put(client);
  }
}
