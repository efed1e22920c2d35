import { Controller, Inject } from "@nestjs/common";
import { OnState, type StateRecord } from "@portcullis/kit";
import { type SettingChanged, SettingChangedSchema } from "@portcullis/proto";
import { SECTION, SettingCopy } from "./setting-copy.js";

@Controller()
export class SettingChangedController {
  constructor(@Inject(SettingCopy) private readonly settings: SettingCopy) {}

  /** Other sections are others'. */
  @OnState(SettingChangedSchema)
  async onSettingChanged(record: StateRecord<SettingChanged>): Promise<void> {
    if (record.key === SECTION) this.settings.take(record);
  }
}
