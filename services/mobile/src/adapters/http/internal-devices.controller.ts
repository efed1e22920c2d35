import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  Get,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  Post,
  Query,
  UseGuards,
} from "@nestjs/common";
import { ApiKeyGuard } from "@portcullis/kit";
import { loginNameOf, MAX_USER_NAME_BYTES } from "@portcullis/login";
import { z } from "zod";
import { CreateActivation } from "../../application/create-activation.js";
import { RemoveDevice } from "../../application/remove-device.js";
import type { Device, DeviceId } from "../../domain/device.js";
import { PostgresDevices } from "../postgres/postgres-devices.js";
import { PostgresUsers } from "../postgres/postgres-users.js";

const Id = z.string().regex(/^[0-9a-f]{32}$/);
const WithUser = z.strictObject({ user: z.string().min(1).max(MAX_USER_NAME_BYTES) });
const NO_USER = "There is no such user.";

/** What `portcullis activate` talks to. */
@Controller("internal")
@UseGuards(ApiKeyGuard)
export class InternalDevicesController {
  constructor(
    @Inject(CreateActivation) private readonly createActivation: CreateActivation,
    @Inject(RemoveDevice) private readonly removeDevice: RemoveDevice,
    @Inject(PostgresDevices) private readonly devices: PostgresDevices,
    @Inject(PostgresUsers) private readonly users: PostgresUsers,
  ) {}

  /** A code with which one device of a user can be activated; the text of a QR code is the URL. */
  @Post("activations")
  @HttpCode(200)
  async activate(@Body() body: unknown) {
    const created = await this.createActivation.execute(userOf(body));
    if (created.ok) return created.value;
    switch (created.failure) {
      case "unknown-user":
        throw new NotFoundException(NO_USER);
      case "user-switched-off":
        throw new ConflictException("The user is switched off.");
      case "not-configured":
        throw new ConflictException("The configuration has no section mobile: set mobile.publicUrl.");
    }
  }

  /** The active devices of a user, the oldest first. */
  @Get("devices")
  async list(@Query() query: unknown) {
    const user = await this.users.findByLoginName(loginNameOf(userOf(query)));
    if (user === undefined) throw new NotFoundException(NO_USER);
    return { userName: user.name, devices: (await this.devices.list(user.userId)).map(listed) };
  }

  @Post("devices/:deviceId/remove")
  @HttpCode(202)
  async remove(@Param("deviceId") deviceId: string): Promise<void> {
    const id = Id.safeParse(deviceId);
    if (id.success && (await this.removeDevice.execute(id.data as DeviceId))) return;
    throw new NotFoundException("There is no such device.");
  }
}

function userOf(value: unknown): string {
  const asked = WithUser.safeParse(value);
  if (asked.success) return asked.data.user;
  throw new BadRequestException("Which user? { user: name }.");
}

function listed({ deviceId, name, platform, createdAtMs, seenAtMs, sealedSubscription }: Device) {
  return {
    deviceId,
    name,
    platform,
    createdAt: new Date(createdAtMs).toISOString(),
    seenAt: new Date(seenAtMs).toISOString(),
    hasPushSubscription: sealedSubscription !== undefined,
  };
}
