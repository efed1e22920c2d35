import { type BeforeApplicationShutdown, Controller, Inject } from "@nestjs/common";
import { OnState, type StateRecord } from "@portcullis/kit";
import { type ClientChanged, ClientChangedSchema, type TargetChanged, TargetChangedSchema } from "@portcullis/proto";
import { ClientRegistry } from "../../application/client-registry.js";
import { TargetFactory } from "../radius-target/target-factory.js";

/** How long what a target has under way may take when it was changed, removed, or the process ends. */
const CLOSE_GRACE_MS = 30_000;
const END_GRACE_MS = 2_000;

@Controller()
export class ConfigurationController implements BeforeApplicationShutdown {
  readonly #clients: ClientRegistry;
  readonly #factory: TargetFactory;

  constructor(@Inject(ClientRegistry) clients: ClientRegistry, @Inject(TargetFactory) factory: TargetFactory) {
    this.#clients = clients;
    this.#factory = factory;
  }

  @OnState(ClientChangedSchema)
  onClient({ key, state }: StateRecord<ClientChanged>): Promise<void> {
    this.#clients.takeClient(key, state && { generation: Number(state.generation), target: state.target });
    return Promise.resolve();
  }

  /** Rejects with `UnknownKey` while this process lacks the key of a server's secret. */
  @OnState(TargetChangedSchema)
  async onTarget({ key, state }: StateRecord<TargetChanged>): Promise<void> {
    const generation = Number(state?.generation ?? 0);
    if (state !== undefined && !this.#clients.wantsTarget(key, generation)) return;
    const before = this.#clients.takeTarget(key, state && { generation, target: this.#factory.create(state) });
    void before?.close?.(CLOSE_GRACE_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#clients.targets().map((target) => target.close?.(END_GRACE_MS) ?? Promise.resolve()));
  }
}
