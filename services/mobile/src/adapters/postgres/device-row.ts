import type { UserId } from "@portcullis/login";
import type { Device, DeviceId, DeviceUser } from "../../domain/device.js";

/** The columns of a device, of the table or its alias `device`. */
export const DEVICE_COLUMNS = `device.device_id, device.user_id, device.generation::text, device.name, device.platform,
  device.key_x, device.key_y, device.active, device.sealed_oath_secret, device.sealed_subscription,
  device.created_at_ms::text, device.seen_at_ms::text`;
/** The columns of a user, of the alias `person`. */
export const USER_COLUMNS = "person.name as user_name, person.login_name, person.enabled";

export interface DeviceRow {
  readonly device_id: string;
  readonly user_id: string;
  readonly generation: string;
  readonly name: string;
  readonly platform: string;
  readonly key_x: string;
  readonly key_y: string;
  readonly active: boolean;
  readonly sealed_oath_secret: Uint8Array;
  readonly sealed_subscription: Uint8Array | null;
  readonly created_at_ms: string;
  readonly seen_at_ms: string;
}

export interface UserRow {
  readonly user_id: string;
  readonly user_name: string;
  readonly login_name: string;
  readonly enabled: boolean;
}

export function deviceOf(row: DeviceRow): Device {
  return {
    deviceId: row.device_id as DeviceId,
    userId: row.user_id as UserId,
    generation: Number(row.generation),
    name: row.name,
    platform: row.platform,
    publicKey: { x: row.key_x, y: row.key_y },
    active: row.active,
    sealedOathSecret: row.sealed_oath_secret,
    sealedSubscription: row.sealed_subscription ?? undefined,
    createdAtMs: Number(row.created_at_ms),
    seenAtMs: Number(row.seen_at_ms),
  };
}

export function userOf(row: UserRow): DeviceUser {
  return {
    userId: row.user_id as UserId,
    name: row.user_name,
    loginName: row.login_name,
    enabled: row.enabled,
  };
}
