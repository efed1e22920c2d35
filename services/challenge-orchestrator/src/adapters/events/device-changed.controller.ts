import { Controller, Inject } from "@nestjs/common";
import { OnEvent } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { type DeviceChanged, DeviceChangedSchema } from "@portcullis/proto";
import { KeepDevice } from "../../application/keep-device.js";

@Controller()
export class DeviceChangedController {
  constructor(@Inject(KeepDevice) private readonly keepDevice: KeepDevice) {}

  /** The empty record of a removed device never comes here; it was told as inactive before. */
  @OnEvent(DeviceChangedSchema)
  onDeviceChanged({ deviceId, userId, name, active, generation, sealedOathSecret }: DeviceChanged): Promise<void> {
    return this.keepDevice.execute({ deviceId, userId: userId as UserId, name, active, generation, sealedOathSecret });
  }
}
