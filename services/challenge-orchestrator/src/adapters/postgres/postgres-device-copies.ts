import { type Database, query } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { DeviceCopies, DeviceCopy } from "../../application/factor-ports.js";
import { deviceSerial } from "../../domain/token.js";

/**
 * The codes of a device are those of a token that comes and goes with it. Used steps stay with it while it is active; another
 * activation is another device. A serial that another source has is not taken from it.
 */
const KEEP = `
  with kept as (
    insert into challenge_orchestrator.devices as known (device_id, user_id, name, active, generation)
    values ($1, $2, $3, $4, $5)
        on conflict (device_id) do update
       set user_id = excluded.user_id, name = excluded.name, active = excluded.active, generation = excluded.generation
     where known.generation < excluded.generation
    returning user_id, active
  ), gone as (
    delete from challenge_orchestrator.tokens
     where serial = $6 and source = 'device' and exists (select 1 from kept where not active)
  )
  insert into challenge_orchestrator.tokens as t
         (serial, user_id, sealed_secret, secret_digest, algorithm, digits, period_seconds, source, import_id)
  select $6, user_id, $7, '', 'sha1', 6, 30, 'device', '' from kept where active
      on conflict (serial) do update set user_id = excluded.user_id, sealed_secret = excluded.sealed_secret
   where t.source = 'device'`;

const NAMES = `
  select device_id, name from challenge_orchestrator.devices
   where active and device_id in (
     select substr(serial, $2::int) from challenge_orchestrator.tokens where user_id = $1 and source = 'device'
   )`;

/** The copy of the devices in PostgreSQL. */
export class PostgresDeviceCopies implements DeviceCopies {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async keep({ deviceId, userId, name, active, generation, sealedSecret }: DeviceCopy): Promise<void> {
    const serial = deviceSerial(deviceId);
    await query(this.#db, KEEP, [deviceId, userId, name, active, generation.toString(), serial, sealedSecret]);
  }

  async names(userId: UserId): Promise<ReadonlyMap<string, string>> {
    // SQL counts characters from 1.
    const rows = await query<{ device_id: string; name: string }>(this.#db, NAMES, [
      userId,
      deviceSerial("").length + 1,
    ]);
    return new Map(rows.map((row) => [row.device_id, row.name]));
  }
}
