import { Controller, Inject } from "@nestjs/common";
import { OnState, type StateRecord } from "@portcullis/kit";
import {
  type ClientChanged,
  ClientChangedSchema,
  type TargetChanged,
  TargetChangedSchema,
  TargetType as TargetTypeMessage,
} from "@portcullis/proto";
import { ClientRegistry, type TargetType } from "../../application/client-registry.js";

@Controller()
export class ConfigurationController {
  readonly #clients: ClientRegistry;

  constructor(@Inject(ClientRegistry) clients: ClientRegistry) {
    this.#clients = clients;
  }

  @OnState(ClientChangedSchema)
  onClient({ key, state }: StateRecord<ClientChanged>): Promise<void> {
    this.#clients.takeClient(key, state && { generation: Number(state.generation), target: state.target });
    return Promise.resolve();
  }

  @OnState(TargetChangedSchema)
  onTarget({ key, state }: StateRecord<TargetChanged>): Promise<void> {
    this.#clients.takeTarget(key, state && { generation: Number(state.generation), type: targetTypeOf(state.type) });
    return Promise.resolve();
  }
}

/** Fail closed: a type that a newer portal knows and we do not is no target here. */
function targetTypeOf(type: TargetTypeMessage): TargetType | undefined {
  switch (type) {
    case TargetTypeMessage.LOCAL:
      return "local";
    case TargetTypeMessage.NONE:
      return "none";
    default:
      return undefined;
  }
}
