import { Batcher, type Database, query } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { BypassUse, Factors } from "../../application/ports.js";
import type { StepUse } from "../../domain/token.js";
import { UNKNOWN_USER, type UserFactors } from "../../domain/user-factors.js";
import { type FactorRow, factorsOf } from "./factor-rows.js";

const FIND = { maxItems: 256, maxInFlight: 2, maxWaiting: 20_000 };
const USE = { maxItems: 256, maxInFlight: 2, maxWaiting: 20_000 };

/**
 * All that a login needs of a user stands in her one row, beside her tokens: each further table would cost every login a look
 * into an index. Each further column costs as much, so what most users have not comes in one, as `factor-rows.ts` reads it.
 * `offset 0` keeps the planner from reading whole tables for a batch, which it does where nobody gathers statistics (PGlite).
 */
const FIND_FACTORS = `
  select asked.user_id, u.enabled, u.groups,
         case when u.has_more then json_build_array(
           u.blocked_until_ms, encode(u.sealed_phones, 'hex'), u.language, u.allowed_methods, u.default_method,
           u.sms_mode, u.voice_mode, u.app_mode, u.pin_must_change, u.pin_expires_at_ms, u.bypass_id, u.bypass_until_ms
         )::text end as more,
         t.serial, t.sealed_secret, t.algorithm, t.digits, t.period_seconds, t.last_step::float8 as last_step, t.last_answer_id,
         case when t.source = 'device' or t.type <> 'totp' or t.drift_steps <> 0
              then json_build_array(t.source, t.type, t.drift_steps)::text end as token_more
    from unnest($1::text[]) as asked(user_id)
    left join lateral (
      select * from challenge_orchestrator.users where user_id = asked.user_id offset 0
    ) u on true
    left join lateral (
      select * from challenge_orchestrator.tokens where user_id = asked.user_id offset 0
    ) t on true
   order by t.serial`;

/** Names the serials twice, so that the index gives the rows; see above. */
const USE_STEPS = `
  update challenge_orchestrator.tokens t
     set last_step = wanted.step, last_answer_id = wanted.answer_id, drift_steps = wanted.drift_steps
    from unnest($1::text[], $2::bigint[], $3::text[], $4::float8[]) as wanted(serial, step, answer_id, drift_steps)
   where t.serial = any($1::text[]) and t.serial = wanted.serial
     and (t.last_step < wanted.step or (t.last_step = wanted.step and t.last_answer_id = wanted.answer_id))
  returning t.serial`;

/** What is used stands in the user's row no longer, so that no later login is decided by it. */
const USE_BYPASS = `
  with used as (
    update challenge_orchestrator.bypasses set used_by_login = $2
     where bypass_id = $1 and removed_at_ms is null and used_by_login in ('', $2)
    returning bypass_id, user_id
  ), forgotten as (
    update challenge_orchestrator.users u set bypass_id = null, bypass_until_ms = null
      from used where u.user_id = used.user_id and u.bypass_id = used.bypass_id
  )
  select bypass_id from used`;

interface Numbered {
  readonly use: StepUse;
  readonly at: number;
}

/** Factors in PostgreSQL: what is asked in one turn goes in one SELECT, what is used in one UPDATE. */
export class PostgresFactors implements Factors {
  readonly #db: Database<never>;
  readonly #finds: Batcher<UserId, UserFactors>;
  readonly #uses: Batcher<StepUse, boolean>;

  constructor(db: Database<never>) {
    this.#db = db;
    this.#finds = new Batcher((userIds) => this.#findAll(userIds), FIND);
    this.#uses = new Batcher((uses) => this.#useAll(uses), USE);
  }

  find(userId: UserId): Promise<UserFactors> {
    return this.#finds.add(userId);
  }

  useStep(use: StepUse): Promise<boolean> {
    return this.#uses.add(use);
  }

  async useBypass({ bypassId, loginId }: BypassUse): Promise<boolean> {
    const used = await query(this.#db, USE_BYPASS, [bypassId, loginId]);
    return used.length > 0;
  }

  async #findAll(userIds: readonly UserId[]): Promise<UserFactors[]> {
    const found = factorsOf(await query<FactorRow>(this.#db, FIND_FACTORS, [[...new Set(userIds)]]));
    return userIds.map((userId) => found.get(userId) ?? UNKNOWN_USER);
  }

  /**
   * One UPDATE changes a row once, and which of two wanted steps it takes is not defined: what wants a token that is in the
   * statement already goes into the next one.
   */
  async #useAll(uses: readonly StepUse[]): Promise<boolean[]> {
    const taken = uses.map(() => false);
    let waiting: readonly Numbered[] = uses.map((use, at) => ({ use, at }));
    while (waiting.length > 0) {
      const statement = new Map<string, Numbered>();
      const later: Numbered[] = [];
      for (const one of waiting) {
        if (statement.has(one.use.serial)) later.push(one);
        else statement.set(one.use.serial, one);
      }
      for (const serial of await this.#takeSteps([...statement.values()])) {
        const one = statement.get(serial);
        if (one !== undefined) taken[one.at] = true;
      }
      waiting = later;
    }
    return taken;
  }

  async #takeSteps(wanted: readonly Numbered[]): Promise<string[]> {
    const parameters = [
      wanted.map(({ use }) => use.serial),
      wanted.map(({ use }) => use.step),
      wanted.map(({ use }) => use.answerId),
      wanted.map(({ use }) => use.driftSteps),
    ];
    const rows = await query<{ serial: string }>(this.#db, USE_STEPS, parameters);
    return rows.map((row) => row.serial);
  }
}
