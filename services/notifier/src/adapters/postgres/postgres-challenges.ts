import { type Database, query, type Sealer } from "@portcullis/kit";
import type {
  CallMove,
  CallPlace,
  ChallengeDetails,
  ChallengeRecord,
  Challenges,
  ClosedChallenge,
  IssuedChallenge,
} from "../../application/ports.js";
import { detailsPlace } from "./sealed-places.js";

const COLUMNS = `challenge_id, login_id, user_id, method, deadline_ms::text, sealed_details, attempt, notice, answered_attempt, result,
  leg, call_state, call_provider, call_reference, unheard, listening_until_ms::text`;
const OPEN = `
  insert into notifier.challenges as kept
    (challenge_id, login_id, user_id, method, deadline_ms, sealed_details, number_digest, opened_at_ms, attempt, notice)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  on conflict (challenge_id) do update set
    sealed_details = case when excluded.attempt >= kept.attempt then excluded.sealed_details else kept.sealed_details end,
    number_digest = coalesce(kept.number_digest, excluded.number_digest),
    notice = case when excluded.attempt > kept.attempt then excluded.notice else kept.notice end,
    unheard = case when excluded.attempt > kept.attempt then 0 else kept.unheard end,
    attempt = greatest(kept.attempt, excluded.attempt)
  returning ${COLUMNS}`;
/** The first end stays. */
const CLOSE = `
  insert into notifier.challenges as kept
    (challenge_id, login_id, user_id, method, deadline_ms, opened_at_ms, attempt, notice, result)
  values ($1, $2, $3, $4, $5, $6, 0, 'none', $7)
  on conflict (challenge_id) do update set result = coalesce(kept.result, excluded.result)
  returning ${COLUMNS}`;
const FIND = `select ${COLUMNS} from notifier.challenges where challenge_id = $1`;
const FIND_TEXT = `
  select ${COLUMNS} from notifier.challenges
  where number_digest = $1 and result is null and deadline_ms > $2 order by opened_at_ms desc limit 1`;
const CALLS_OF = `
  select ${COLUMNS} from notifier.challenges
  where user_id = $1 and challenge_id <> $2 and call_state in ('dialling', 'ringing', 'talking')
  order by opened_at_ms desc limit 20`;
/** The first number once; the backup once, after the first. */
const START_CALL = `
  update notifier.challenges
  set leg = $2, call_state = 'dialling', call_changed_at_ms = $3, call_provider = '', call_reference = '', unheard = 0
  where challenge_id = $1 and result is null
    and (($2 = 'first' and leg = 'first' and call_state = 'none') or ($2 = 'backup' and leg = 'first'))
  returning challenge_id`;
const MOVE_CALL = `
  update notifier.challenges set
    call_provider = $4, call_reference = $5,
    call_changed_at_ms = case when call_state = $3 then call_changed_at_ms else $6 end,
    call_state = case
      when $3 = 'ringing' and call_state = 'dialling' then 'ringing'
      when $3 = 'talking' and call_state in ('dialling', 'ringing') then 'talking'
      else call_state end
  where challenge_id = $1 and leg = $2
  returning ${COLUMNS}`;
const END_CALL = `
  update notifier.challenges set call_state = 'ended', call_changed_at_ms = $3
  where challenge_id = $1 and leg = $2 and call_state <> 'ended' returning challenge_id`;
const ANSWERED = `
  update notifier.challenges set answered_attempt = greatest(answered_attempt, $2), unheard = 0 where challenge_id = $1`;
const UNHEARD = `
  update notifier.challenges set unheard = unheard + 1 where challenge_id = $1 returning unheard`;
const LISTENING = `update notifier.challenges set listening_until_ms = $2 where challenge_id = $1`;
const OVERDUE_CALLS = `
  select ${COLUMNS} from notifier.challenges
  where call_state in ('dialling', 'ringing', 'talking')
    and (deadline_ms < $2 or call_state <> 'talking' and call_changed_at_ms < $1)
  order by deadline_ms limit 100`;
const FORGET = `
  delete from notifier.challenges where challenge_id in
    (select challenge_id from notifier.challenges where deadline_ms < $1 order by deadline_ms limit $2)
  returning challenge_id`;

interface ChallengeRow {
  readonly challenge_id: string;
  readonly login_id: string;
  readonly user_id: string;
  readonly method: ChallengeRecord["method"];
  readonly deadline_ms: string;
  readonly sealed_details: Uint8Array | null;
  readonly attempt: number;
  readonly notice: ChallengeRecord["notice"];
  readonly answered_attempt: number;
  readonly result: ChallengeRecord["result"] | null;
  readonly leg: ChallengeRecord["call"]["leg"];
  readonly call_state: ChallengeRecord["call"]["state"];
  readonly call_provider: string;
  readonly call_reference: string;
  readonly unheard: number;
  readonly listening_until_ms: string;
}

/** Open challenges and their calls in PostgreSQL. Numbers and codes are sealed. */
export class PostgresChallenges implements Challenges {
  readonly #db: Database<never>;
  readonly #sealer: Sealer;

  constructor(db: Database<never>, sealer: Sealer) {
    this.#db = db;
    this.#sealer = sealer;
  }

  async open(issued: IssuedChallenge, numberDigest: string | undefined, nowMs: number): Promise<ChallengeRecord> {
    const { challengeId, loginId, userId, method, deadlineMs, attempt, notice, details } = issued;
    const sealed = this.#sealer.seal(Buffer.from(JSON.stringify(details)), detailsPlace(challengeId));
    const [row] = await query<ChallengeRow>(this.#db, OPEN, [
      challengeId,
      loginId,
      userId,
      method,
      deadlineMs,
      sealed,
      numberDigest ?? null,
      nowMs,
      attempt,
      notice,
    ]);
    const record = row && this.#recordOf(row);
    if (record === undefined) throw new Error("A challenge that was opened has no row.");
    return record;
  }

  async close(closed: ClosedChallenge, nowMs: number): Promise<ChallengeRecord | undefined> {
    const { challengeId, loginId, userId, method, result, deadlineMs } = closed;
    const parameters = [challengeId, loginId, userId, method, deadlineMs, nowMs, result];
    return this.#one(CLOSE, parameters);
  }

  find(challengeId: string): Promise<ChallengeRecord | undefined> {
    return this.#one(FIND, [challengeId]);
  }

  findOpenText(numberDigest: string, nowMs: number): Promise<ChallengeRecord | undefined> {
    return this.#one(FIND_TEXT, [numberDigest, nowMs]);
  }

  async callsOf(userId: string, except: string): Promise<readonly ChallengeRecord[]> {
    return this.#all(CALLS_OF, [userId, except]);
  }

  async startCall({ challengeId, leg }: CallPlace, nowMs: number): Promise<boolean> {
    return (await query(this.#db, START_CALL, [challengeId, leg, nowMs])).length > 0;
  }

  moveCall(move: CallMove, nowMs: number): Promise<ChallengeRecord | undefined> {
    const { challengeId, leg, state, provider, reference } = move;
    return this.#one(MOVE_CALL, [challengeId, leg, state, provider, reference, nowMs]);
  }

  async endCall({ challengeId, leg }: CallPlace, nowMs: number): Promise<boolean> {
    return (await query(this.#db, END_CALL, [challengeId, leg, nowMs])).length > 0;
  }

  async answered(challengeId: string, attempt: number): Promise<void> {
    await query(this.#db, ANSWERED, [challengeId, attempt]);
  }

  async unheard(challengeId: string): Promise<number> {
    const [row] = await query<{ unheard: number }>(this.#db, UNHEARD, [challengeId]);
    return row?.unheard ?? Number.POSITIVE_INFINITY;
  }

  async listening(challengeId: string, untilMs: number): Promise<void> {
    await query(this.#db, LISTENING, [challengeId, untilMs]);
  }

  overdueCalls(rung: { readonly sinceMs: number; readonly endedMs: number }): Promise<readonly ChallengeRecord[]> {
    return this.#all(OVERDUE_CALLS, [rung.sinceMs, rung.endedMs]);
  }

  async forget(endedBeforeMs: number, limit: number): Promise<number> {
    return (await query(this.#db, FORGET, [endedBeforeMs, limit])).length;
  }

  async #all(statement: string, parameters: readonly unknown[]): Promise<ChallengeRecord[]> {
    const rows = await query<ChallengeRow>(this.#db, statement, parameters);
    return rows.flatMap((row) => this.#recordOf(row) ?? []);
  }

  async #one(statement: string, parameters: readonly unknown[]): Promise<ChallengeRecord | undefined> {
    const [row] = await query<ChallengeRow>(this.#db, statement, parameters);
    return row && this.#recordOf(row);
  }

  /** Nothing of one that was closed before it was issued. */
  #recordOf(row: ChallengeRow): ChallengeRecord | undefined {
    if (row.sealed_details === null) return undefined;
    return {
      challengeId: row.challenge_id,
      loginId: row.login_id,
      userId: row.user_id,
      method: row.method,
      deadlineMs: Number(row.deadline_ms),
      attempt: row.attempt,
      notice: row.notice,
      details: this.#detailsOf(row.challenge_id, row.sealed_details),
      result: row.result ?? undefined,
      answeredAttempt: row.answered_attempt,
      call: {
        leg: row.leg,
        state: row.call_state,
        provider: row.call_provider,
        reference: row.call_reference,
        unheard: row.unheard,
        listeningUntilMs: Number(row.listening_until_ms),
      },
    };
  }

  #detailsOf(challengeId: string, sealed: Uint8Array): ChallengeDetails {
    const plain = this.#sealer.open(sealed, detailsPlace(challengeId));
    if (plain === undefined) throw new Error("The details of a challenge were not sealed for it.");
    return JSON.parse(plain.toString()) as ChallengeDetails; // We have sealed it ourselves.
  }
}
