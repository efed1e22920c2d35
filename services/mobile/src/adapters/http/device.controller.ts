import {
  Controller,
  Delete,
  Get,
  GoneException,
  Header,
  HttpCode,
  Inject,
  Put,
  Req,
  UnauthorizedException,
  UnprocessableEntityException,
  UseFilters,
  UseGuards,
} from "@nestjs/common";
import { CLOCK, type Clock } from "@portcullis/kit";
import { z } from "zod";
import type { Caller } from "../../application/authenticate-device.js";
import { RemoveDevice } from "../../application/remove-device.js";
import { SubscribeDevice } from "../../application/subscribe-device.js";
import { SettingCopy } from "../events/setting-copy.js";
import { PostgresDevices } from "../postgres/postgres-devices.js";
import { type DeviceRequest, errorOf, NEVER_STORED, parsed } from "./call.js";
import { DeviceGuard } from "./device.guard.js";
import { DeviceErrorFilter } from "./device-error.filter.js";

const MAX_ENDPOINT_LENGTH = 1_024;
/** As browsers have it: PushSubscription.toJSON(). */
const Subscription = z.object({
  endpoint: z.string().min(1).max(MAX_ENDPOINT_LENGTH),
  keys: z.object({
    /** 65 bytes: an uncompressed point. RFC 8291 section 3.1. */
    p256dh: z.string().regex(/^[A-Za-z0-9_-]{87}=?$/),
    /** 16 bytes. RFC 8291 section 3.2. */
    auth: z.string().regex(/^[A-Za-z0-9_-]{22}(==)?$/),
  }),
});

export function callerOf({ caller }: DeviceRequest): Caller {
  if (caller !== undefined) return caller;
  throw new UnauthorizedException(); // Fail closed: the guard was not asked.
}

/** What a device may know and change about itself. */
@Controller("device/v1")
@UseGuards(DeviceGuard)
@UseFilters(DeviceErrorFilter)
export class DeviceController {
  constructor(
    @Inject(SubscribeDevice) private readonly subscribeDevice: SubscribeDevice,
    @Inject(RemoveDevice) private readonly removeDevice: RemoveDevice,
    @Inject(PostgresDevices) private readonly devices: PostgresDevices,
    @Inject(SettingCopy) private readonly settings: SettingCopy,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get("device")
  @Header(...NEVER_STORED)
  show(@Req() request: DeviceRequest) {
    const { device, user } = callerOf(request);
    const { issuer, vapidPublicKey } = this.settings.current ?? {};
    return {
      deviceId: device.deviceId,
      name: device.name,
      platform: device.platform,
      userName: user.name,
      issuer: issuer ?? "",
      createdAtMs: device.createdAtMs,
      hasPushSubscription: device.sealedSubscription !== undefined,
      serverTimeMs: this.clock.nowMs(),
      ...(vapidPublicKey && { vapidPublicKey }),
    };
  }

  /** The device is gone with it, for good. */
  @Delete("device")
  @HttpCode(204)
  async remove(@Req() request: DeviceRequest): Promise<void> {
    await this.removeDevice.execute(callerOf(request).device.deviceId);
  }

  @Put("push-subscription")
  @HttpCode(204)
  async subscribe(@Req() request: DeviceRequest): Promise<void> {
    const { endpoint, keys } = parsed(Subscription, request);
    const subscription = {
      endpoint,
      p256dh: Buffer.from(keys.p256dh, "base64url"),
      auth: Buffer.from(keys.auth, "base64url"),
    };
    const subscribed = await this.subscribeDevice.execute(callerOf(request).device.deviceId, subscription);
    if (subscribed.ok) return;
    if (subscribed.failure === "gone") throw new GoneException(errorOf("gone", "The device was removed."));
    throw new UnprocessableEntityException(errorOf("bad-endpoint", "No push service on the internet is there."));
  }

  @Delete("push-subscription")
  @HttpCode(204)
  async unsubscribe(@Req() request: DeviceRequest): Promise<void> {
    await this.devices.subscribe(callerOf(request).device.deviceId, undefined);
  }
}
