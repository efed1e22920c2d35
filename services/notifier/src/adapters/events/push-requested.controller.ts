import { fromBinary } from "@bufbuild/protobuf";
import { Controller, Inject } from "@nestjs/common";
import { OnEvent, Sealer } from "@portcullis/kit";
import { pushSubscriptionPlace } from "@portcullis/login";
import { type PushRequested, PushRequestedSchema, PushSubscriptionSchema } from "@portcullis/proto";
import { WakeDevice } from "../../application/wake-device.js";

@Controller()
export class PushRequestedController {
  constructor(
    @Inject(WakeDevice) private readonly wakeDevice: WakeDevice,
    @Inject(Sealer) private readonly sealer: Sealer,
  ) {}

  @OnEvent(PushRequestedSchema, { deadlineMs: (event: PushRequested) => Number(event.deadlineMs) })
  async onPushRequested({
    challengeId,
    userId,
    deviceId,
    sealedSubscription,
    deadlineMs,
  }: PushRequested): Promise<void> {
    const opened = this.sealer.open(sealedSubscription, pushSubscriptionPlace(deviceId));
    if (opened === undefined) throw new Error("A subscription was not sealed for its device.");
    const { endpoint, p256dh, auth } = fromBinary(PushSubscriptionSchema, opened);
    const subscription = { endpoint, p256dh, auth };
    await this.wakeDevice.execute({ challengeId, userId, deviceId, subscription, deadlineMs: Number(deadlineMs) });
  }
}
