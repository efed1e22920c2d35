import { Controller, Inject } from "@nestjs/common";
import { OnState, type StateRecord } from "@portcullis/kit";
import { type SettingChanged, SettingChangedSchema } from "@portcullis/proto";
import { SettingRegistry } from "./setting-registry.js";

@Controller()
export class SettingChangedController {
  readonly #settings: SettingRegistry;

  constructor(@Inject(SettingRegistry) settings: SettingRegistry) {
    this.#settings = settings;
  }

  @OnState(SettingChangedSchema)
  async onSettingChanged(record: StateRecord<SettingChanged>): Promise<void> {
    this.#settings.take(record);
  }
}
