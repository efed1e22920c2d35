import { Controller, Inject } from "@nestjs/common";
import { OnState, type StateRecord } from "@portcullis/kit";
import { type SettingChanged, SettingChangedSchema } from "@portcullis/proto";
import { FraudSetting } from "./fraud-setting.js";

@Controller()
export class SettingChangedController {
  constructor(@Inject(FraudSetting) private readonly fraud: FraudSetting) {}

  @OnState(SettingChangedSchema)
  async onSettingChanged(record: StateRecord<SettingChanged>): Promise<void> {
    this.fraud.take(record);
  }
}
