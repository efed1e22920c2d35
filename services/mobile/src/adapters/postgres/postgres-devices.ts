import { Batcher, type Database, query } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { Activated, DeviceAndUser, Devices, StoredSubscription } from "../../application/ports.js";
import type { Device, DeviceId, DeviceUser } from "../../domain/device.js";
import { DEVICE_COLUMNS, type DeviceRow, deviceOf, USER_COLUMNS, type UserRow, userOf } from "./device-row.js";

const LOOK_UPS = { maxItems: 500, maxInFlight: 2, maxWaiting: 50_000 };
/** Codes that nobody has used are swept out whenever another one is made; so many at once. */
const FORGET_CODES = `
  delete from mobile.activations where code_digest in
    (select code_digest from mobile.activations where expires_at_ms < $1 limit 1000)`;
const REPLACE_CODES = "delete from mobile.activations where user_id = $1";
const KEEP_CODE = "insert into mobile.activations (code_digest, user_id, expires_at_ms) values ($1, $2, $3)";
const USE_CODE = "delete from mobile.activations where code_digest = $1 returning user_id, expires_at_ms::text";
/** Until the transaction ends nobody else makes a device of this user. */
const LOCK_USER = `
  select person.user_id, ${USER_COLUMNS} from mobile.users as person where person.user_id = $1 for update`;
const COUNT = "select count(*)::text as count from mobile.devices where user_id = $1 and active";
const INSERT = `
  insert into mobile.devices (device_id, user_id, generation, name, platform, key_x, key_y, active, sealed_oath_secret,
    created_at_ms, changed_at_ms, seen_at_ms)
  values ($1, $2, $3, $4, $5, $6, $7, true, $8, $9, $9, $9)`;
const FIND = `
  select ${DEVICE_COLUMNS}, ${USER_COLUMNS} from mobile.devices as device
    join mobile.users as person on person.user_id = device.user_id
   where device.device_id = any($1::text[]) and device.active`;
const OF_USERS = `
  select ${DEVICE_COLUMNS}, person.enabled from mobile.devices as device
    join mobile.users as person on person.user_id = device.user_id
   where device.user_id = any($1::text[]) and device.active
   order by device.created_at_ms, device.device_id`;
const SEEN = "update mobile.devices set seen_at_ms = $2 where device_id = $1 and seen_at_ms < $2";
const SUBSCRIBE = `
  update mobile.devices set sealed_subscription = $2, endpoint_digest = $3
   where device_id = $1 and active returning device_id`;
const END_SUBSCRIPTION = `
  update mobile.devices set sealed_subscription = null, endpoint_digest = null
   where device_id = $1 and endpoint_digest = $2`;
const REMOVE = `
  update mobile.devices as device set active = false, generation = generation + 1, changed_at_ms = $2,
    sealed_subscription = null, endpoint_digest = null
   where device.device_id = $1 and device.active returning ${DEVICE_COLUMNS}`;
const UNANNOUNCED = `
  select ${DEVICE_COLUMNS} from mobile.devices as device
   where device.generation > device.announced_generation and device.changed_at_ms <= $1
   order by device.changed_at_ms limit $2`;
const CHANGE_ALL = "update mobile.devices set generation = generation + 1, changed_at_ms = $1 where active";
const ANNOUNCED = `
  update mobile.devices set announced_generation = $2
   where device_id = $1 and announced_generation < $2 and active`;
const FORGET = "delete from mobile.devices where device_id = $1 and generation = $2 and not active";

/** Rolls the transaction back: whoever has too many devices keeps her code. */
class TooManyDevices extends Error {}

/** Devices and activation codes in PostgreSQL. */
export class PostgresDevices implements Devices {
  readonly #db: Database<never>;
  readonly #finds: Batcher<DeviceId, DeviceAndUser | undefined>;
  readonly #lists: Batcher<UserId, readonly ListedDevice[]>;

  constructor(db: Database<never>) {
    this.#db = db;
    this.#finds = new Batcher((ids) => this.#findAll(ids), LOOK_UPS);
    this.#lists = new Batcher((ids) => this.#listAll(ids), LOOK_UPS);
  }

  async keepCode(code: {
    readonly digest: string;
    readonly userId: UserId;
    readonly expiresAtMs: number;
    readonly nowMs: number;
  }): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await query(transaction, FORGET_CODES, [code.nowMs]);
      await query(transaction, REPLACE_CODES, [code.userId]);
      await query(transaction, KEEP_CODE, [code.digest, code.userId, code.expiresAtMs]);
    });
  }

  async activate(
    code: { readonly digest: string; readonly maxDevices: number; readonly nowMs: number },
    make: (user: DeviceUser) => Device,
  ): Promise<Activated> {
    try {
      return await this.#db.transaction().execute(async (transaction) => {
        const [used] = await query<{ user_id: string; expires_at_ms: string }>(transaction, USE_CODE, [code.digest]);
        if (used === undefined || Number(used.expires_at_ms) <= code.nowMs) return { kind: "refused" };
        const [row] = await query<UserRow>(transaction, LOCK_USER, [used.user_id]);
        if (row === undefined || !row.enabled) return { kind: "refused" };
        const [counted] = await query<{ count: string }>(transaction, COUNT, [used.user_id]);
        if (Number(counted?.count) >= code.maxDevices) throw new TooManyDevices();
        const user = userOf(row);
        const device = make(user);
        await query(transaction, INSERT, valuesOf(device));
        return { kind: "activated", device, user };
      });
    } catch (error) {
      if (error instanceof TooManyDevices) return { kind: "too-many-devices" };
      throw error;
    }
  }

  find(deviceId: DeviceId): Promise<DeviceAndUser | undefined> {
    return this.#finds.add(deviceId);
  }

  async usable(userId: UserId): Promise<readonly Device[]> {
    return (await this.#lists.add(userId)).filter(({ enabled }) => enabled).map(({ device }) => device);
  }

  async list(userId: UserId): Promise<readonly Device[]> {
    return (await this.#lists.add(userId)).map(({ device }) => device);
  }

  async seen(deviceId: DeviceId, nowMs: number): Promise<void> {
    await query(this.#db, SEEN, [deviceId, nowMs]);
  }

  async subscribe(deviceId: DeviceId, subscription: StoredSubscription | undefined): Promise<boolean> {
    const values = [deviceId, subscription?.sealed ?? null, subscription?.endpointDigest ?? null];
    return (await query(this.#db, SUBSCRIBE, values)).length > 0;
  }

  async endSubscription(deviceId: DeviceId, endpointDigest: string): Promise<void> {
    await query(this.#db, END_SUBSCRIPTION, [deviceId, endpointDigest]);
  }

  async remove(deviceId: DeviceId, nowMs: number): Promise<Device | undefined> {
    const [row] = await query<DeviceRow>(this.#db, REMOVE, [deviceId, nowMs]);
    return row && deviceOf(row);
  }

  async unannounced(changedBeforeMs: number, limit: number): Promise<readonly Device[]> {
    return (await query<DeviceRow>(this.#db, UNANNOUNCED, [changedBeforeMs, limit])).map(deviceOf);
  }

  async changeAll(nowMs: number): Promise<void> {
    await query(this.#db, CHANGE_ALL, [nowMs]);
  }

  async announced({ deviceId, generation }: Pick<Device, "deviceId" | "generation">): Promise<void> {
    await query(this.#db, ANNOUNCED, [deviceId, generation]);
    await query(this.#db, FORGET, [deviceId, generation]);
  }

  async #findAll(ids: readonly DeviceId[]): Promise<readonly (DeviceAndUser | undefined)[]> {
    const rows = await query<DeviceRow & UserRow>(this.#db, FIND, [[...new Set(ids)]]);
    const found = new Map(rows.map((row) => [row.device_id, { device: deviceOf(row), user: userOf(row) }]));
    return ids.map((id) => found.get(id));
  }

  async #listAll(ids: readonly UserId[]): Promise<readonly (readonly ListedDevice[])[]> {
    const rows = await query<DeviceRow & { enabled: boolean }>(this.#db, OF_USERS, [[...new Set(ids)]]);
    const byUser = Map.groupBy(
      rows.map((row) => ({ device: deviceOf(row), enabled: row.enabled })),
      ({ device }) => device.userId,
    );
    return ids.map((id) => byUser.get(id) ?? []);
  }
}

interface ListedDevice {
  readonly device: Device;
  /** Whether its user may log in. */
  readonly enabled: boolean;
}

function valuesOf(device: Device): unknown[] {
  const { deviceId, userId, generation, name, platform, publicKey, sealedOathSecret, createdAtMs } = device;
  return [deviceId, userId, generation, name, platform, publicKey.x, publicKey.y, sealedOathSecret, createdAtMs];
}
