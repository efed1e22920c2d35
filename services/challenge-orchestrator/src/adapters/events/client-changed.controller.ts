import { Controller, Inject } from "@nestjs/common";
import { OnState, type StateRecord } from "@portcullis/kit";
import { type ClientChanged, ClientChangedSchema } from "@portcullis/proto";
import { ClientRegistry } from "./client-registry.js";

@Controller()
export class ClientChangedController {
  constructor(@Inject(ClientRegistry) private readonly clients: ClientRegistry) {}

  @OnState(ClientChangedSchema)
  async onClientChanged(record: StateRecord<ClientChanged>): Promise<void> {
    this.clients.take(record);
  }
}
