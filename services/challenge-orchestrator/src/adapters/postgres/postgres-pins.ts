import { Batcher, type Database, query } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { KeptPin, Pins } from "../../application/factor-ports.js";

const FIND_LIMITS = { maxItems: 256, maxInFlight: 2, maxWaiting: 10_000 };

const FIND = `
  select p.user_id, p.sealed_hashes, p.version, p.source, p.file_digest, p.set_at_ms::float8 as set_at_ms,
         u.pin_must_change, u.pin_expires_at_ms::float8 as pin_expires_at_ms
    from challenge_orchestrator.pins p join challenge_orchestrator.users u using (user_id)
   where p.user_id = any($1::text[])`;

/** That she has one, and whether it is good, stands in her row, where a login looks. Both change together or not at all. */
const KEEP = `
  with told as (
    select * from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::bigint[], $7::boolean[], $8::bigint[])
      as told(user_id, hashes, version, source, file_digest, set_at_ms, must_change, expires_at_ms)
  ), added as (
    insert into challenge_orchestrator.pins as kept (user_id, sealed_hashes, version, source, file_digest, set_at_ms)
    select user_id, decode(hashes, 'hex'), version, source, file_digest, set_at_ms from told where version = 1 order by user_id
        on conflict do nothing
    returning user_id
  ), changed as (
    update challenge_orchestrator.pins p
       set sealed_hashes = decode(told.hashes, 'hex'), version = told.version, source = told.source,
           file_digest = told.file_digest, set_at_ms = told.set_at_ms
      from told where p.user_id = told.user_id and p.version = told.version - 1
    returning p.user_id
  ), kept as (
    select user_id from added union all select user_id from changed
  )
  insert into challenge_orchestrator.users as u (user_id, pin_must_change, pin_expires_at_ms)
  select told.user_id, told.must_change, told.expires_at_ms from told join kept using (user_id) order by user_id
      on conflict (user_id) do update
     set pin_must_change = excluded.pin_must_change, pin_expires_at_ms = excluded.pin_expires_at_ms
  returning u.user_id`;

const EXPIRE = `
  update challenge_orchestrator.users set pin_must_change = true
   where user_id = $1 and pin_must_change is not null
  returning user_id`;

const FILE_DIGESTS = `select user_id, file_digest from challenge_orchestrator.pins where file_digest <> $1`;

const REMOVE_OF_FILE = `
  with gone as (
    delete from challenge_orchestrator.pins where user_id = any($1::text[]) and source = 'file' returning user_id
  ), forgotten as (
    update challenge_orchestrator.users u set pin_must_change = null, pin_expires_at_ms = null
      from gone where u.user_id = gone.user_id
  )
  select user_id from gone`;

interface PinRow {
  readonly user_id: UserId;
  readonly sealed_hashes: Uint8Array;
  readonly version: number;
  readonly source: KeptPin["source"];
  readonly file_digest: string;
  readonly set_at_ms: number;
  readonly pin_must_change: boolean;
  readonly pin_expires_at_ms: number | null;
}

/** PINs in PostgreSQL. */
export class PostgresPins implements Pins {
  readonly #db: Database<never>;
  readonly #finds: Batcher<UserId, KeptPin | undefined>;

  constructor(db: Database<never>) {
    this.#db = db;
    this.#finds = new Batcher((userIds) => this.#findAll(userIds), FIND_LIMITS);
  }

  find(userId: UserId): Promise<KeptPin | undefined> {
    return this.#finds.add(userId);
  }

  async keep(pins: readonly KeptPin[]): Promise<ReadonlySet<UserId>> {
    const rows = await query<{ user_id: UserId }>(this.#db, KEEP, [
      pins.map((pin) => pin.userId),
      pins.map((pin) => Buffer.from(pin.sealedHashes).toString("hex")),
      pins.map((pin) => pin.version),
      pins.map((pin) => pin.source),
      pins.map((pin) => pin.fileDigest),
      pins.map((pin) => Math.round(pin.setAtMs)),
      pins.map((pin) => pin.mustChange),
      pins.map(({ expiresAtMs }) => (expiresAtMs === undefined ? null : Math.round(expiresAtMs))),
    ]);
    return new Set(rows.map((row) => row.user_id));
  }

  async expire(userId: UserId): Promise<boolean> {
    return (await query(this.#db, EXPIRE, [userId])).length > 0;
  }

  async fileDigests(): Promise<ReadonlyMap<UserId, string>> {
    const rows = await query<{ user_id: UserId; file_digest: string }>(this.#db, FILE_DIGESTS, [""]);
    return new Map(rows.map((row) => [row.user_id, row.file_digest]));
  }

  async removeOfFile(userIds: readonly UserId[]): Promise<number> {
    return (await query(this.#db, REMOVE_OF_FILE, [userIds])).length;
  }

  async #findAll(userIds: readonly UserId[]): Promise<(KeptPin | undefined)[]> {
    const rows = await query<PinRow>(this.#db, FIND, [[...new Set(userIds)]]);
    const found = new Map(rows.map((row) => [row.user_id, pinOf(row)]));
    return userIds.map((userId) => found.get(userId));
  }
}

function pinOf(row: PinRow): KeptPin {
  return {
    userId: row.user_id,
    sealedHashes: row.sealed_hashes,
    version: row.version,
    source: row.source,
    fileDigest: row.file_digest,
    setAtMs: row.set_at_ms,
    mustChange: row.pin_must_change,
    expiresAtMs: row.pin_expires_at_ms ?? undefined,
  };
}
