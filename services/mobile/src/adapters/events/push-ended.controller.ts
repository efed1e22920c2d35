import { Controller, Inject } from "@nestjs/common";
import { OnEvent } from "@portcullis/kit";
import { type PushEnded, PushEndedSchema } from "@portcullis/proto";
import type { DeviceId } from "../../domain/device.js";
import { PostgresDevices } from "../postgres/postgres-devices.js";

@Controller()
export class PushEndedController {
  constructor(@Inject(PostgresDevices) private readonly devices: PostgresDevices) {}

  @OnEvent(PushEndedSchema)
  onPushEnded({ deviceId, endpointDigest }: PushEnded): Promise<void> {
    return this.devices.endSubscription(deviceId as DeviceId, endpointDigest);
  }
}
