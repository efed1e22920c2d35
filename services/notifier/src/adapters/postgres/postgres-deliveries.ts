import { type Database, query } from "@portcullis/kit";
import type { Deliveries, Delivery, DeliveryKey, NewDelivery, Settlement } from "../../application/ports.js";
import { type DeliveryState, rankOf } from "../../domain/delivery.js";

const COLUMNS = `challenge_id, step, login_id, user_id, method, recipient, deadline_ms::text, claimed_by, claimed_at_ms::text, provider,
  reference, state, told`;
const CLAIM = `
  insert into notifier.deliveries
    (challenge_id, step, login_id, user_id, method, recipient, deadline_ms, claimed_by, claimed_at_ms)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning step`;
const FIND = `select ${COLUMNS} from notifier.deliveries where challenge_id = $1 and step = $2`;
const SETTLE = `
  update notifier.deliveries set
    state = $3, state_rank = $4, provider = coalesce($5, provider), reference = coalesce($6, reference), told = $7, settled_at_ms = $8
  where challenge_id = $1 and step = $2 and state_rank < $4
  returning ${COLUMNS}`;
const BY_REFERENCE = `
  select ${COLUMNS} from notifier.deliveries where provider = $1 and reference = $2 order by claimed_at_ms desc limit 1`;
const TOLD = `update notifier.deliveries set told = true where challenge_id = $1 and step = $2 and state = $3`;
const ABANDONED = `
  select ${COLUMNS} from notifier.deliveries where not told and state is null and claimed_at_ms < $1
  order by claimed_at_ms limit $2`;
const UNTOLD = `
  select ${COLUMNS} from notifier.deliveries where not told and state is not null and settled_at_ms < $1
  order by claimed_at_ms limit $2`;
const FORGET = `
  delete from notifier.deliveries where (challenge_id, step) in
    (select challenge_id, step from notifier.deliveries where told and claimed_at_ms < $1 order by claimed_at_ms limit $2)
  returning step`;

interface DeliveryRow {
  readonly challenge_id: string;
  readonly step: string;
  readonly login_id: string;
  readonly user_id: string;
  readonly method: Delivery["method"];
  readonly recipient: string;
  readonly deadline_ms: string;
  readonly claimed_by: string;
  readonly claimed_at_ms: string;
  readonly provider: string;
  readonly reference: string;
  readonly state: DeliveryState | null;
  readonly told: boolean;
}

/** The log of deliveries in PostgreSQL; its primary key is the claim. */
export class PostgresDeliveries implements Deliveries {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async claim(delivery: NewDelivery): Promise<Delivery | undefined> {
    const { challengeId, step, loginId, userId, method, recipient, deadlineMs, claimedBy, claimedAtMs } = delivery;
    const parameters = [challengeId, step, loginId, userId, method, recipient, deadlineMs, claimedBy, claimedAtMs];
    if ((await query(this.#db, CLAIM, parameters)).length > 0) return undefined;
    const [row] = await query<DeliveryRow>(this.#db, FIND, [challengeId, step]);
    if (row === undefined) throw new Error("A delivery that was claimed is not there.");
    return deliveryOf(row);
  }

  async settle({
    challengeId,
    step,
    state,
    provider,
    reference,
    silent,
    atMs,
  }: Settlement): Promise<Delivery | undefined> {
    const told = silent === true || state === "canceled";
    const parameters = [challengeId, step, state, rankOf(state), provider ?? null, reference ?? null, told, atMs];
    const [row] = await query<DeliveryRow>(this.#db, SETTLE, parameters);
    return row && deliveryOf(row);
  }

  async findByReference(provider: string, reference: string): Promise<Delivery | undefined> {
    const [row] = await query<DeliveryRow>(this.#db, BY_REFERENCE, [provider, reference]);
    return row && deliveryOf(row);
  }

  async markTold({ challengeId, step }: DeliveryKey, state: DeliveryState): Promise<void> {
    await query(this.#db, TOLD, [challengeId, step, state]);
  }

  async abandoned(claimedBeforeMs: number, limit: number): Promise<readonly Delivery[]> {
    return (await query<DeliveryRow>(this.#db, ABANDONED, [claimedBeforeMs, limit])).map(deliveryOf);
  }

  async untold(settledBeforeMs: number, limit: number): Promise<readonly Delivery[]> {
    return (await query<DeliveryRow>(this.#db, UNTOLD, [settledBeforeMs, limit])).map(deliveryOf);
  }

  async forget(claimedBeforeMs: number, limit: number): Promise<number> {
    return (await query(this.#db, FORGET, [claimedBeforeMs, limit])).length;
  }
}

function deliveryOf(row: DeliveryRow): Delivery {
  return {
    challengeId: row.challenge_id,
    step: row.step,
    loginId: row.login_id,
    userId: row.user_id,
    method: row.method,
    recipient: row.recipient,
    deadlineMs: Number(row.deadline_ms),
    claimedBy: row.claimed_by,
    claimedAtMs: Number(row.claimed_at_ms),
    provider: row.provider,
    reference: row.reference,
    state: row.state ?? undefined,
    told: row.told,
  };
}
