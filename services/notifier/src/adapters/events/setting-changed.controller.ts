import { Controller, Inject } from "@nestjs/common";
import { OnState, type StateRecord } from "@portcullis/kit";
import { type SettingChanged, SettingChangedSchema } from "@portcullis/proto";
import { ProviderRegistry } from "../providers/provider-registry.js";

@Controller()
export class SettingChangedController {
  constructor(@Inject(ProviderRegistry) private readonly registry: ProviderRegistry) {}

  @OnState(SettingChangedSchema)
  async onSettingChanged(record: StateRecord<SettingChanged>): Promise<void> {
    await this.registry.take(record);
  }
}
