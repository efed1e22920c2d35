import { Batcher, type Database, query } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { Factors } from "../../application/ports.js";
import type { StepUse, Token, UserFactors } from "../../domain/token.js";
import type { TotpAlgorithm } from "../../domain/totp.js";

const FIND = { maxItems: 256, maxInFlight: 2, maxWaiting: 20_000 };
const USE = { maxItems: 256, maxInFlight: 2, maxWaiting: 20_000 };

/** `offset 0` keeps the planner from reading whole tables for a batch, which it does where nobody gathers statistics (PGlite). */
const FIND_FACTORS = `
  select asked.user_id, u.enabled, u.groups, t.serial, t.sealed_secret, t.algorithm, t.digits, t.period_seconds,
         t.last_step::float8 as last_step, t.last_answer_id
    from unnest($1::text[]) as asked(user_id)
    left join lateral (
      select enabled, groups from challenge_orchestrator.users where user_id = asked.user_id offset 0
    ) u on true
    left join lateral (
      select * from challenge_orchestrator.tokens where user_id = asked.user_id offset 0
    ) t on true
   order by t.serial`;

/** Names the serials twice, so that the index gives the rows; see above. */
const USE_STEPS = `
  update challenge_orchestrator.tokens t
     set last_step = wanted.step, last_answer_id = wanted.answer_id
    from unnest($1::text[], $2::bigint[], $3::text[]) as wanted(serial, step, answer_id)
   where t.serial = any($1::text[]) and t.serial = wanted.serial
     and (t.last_step < wanted.step or (t.last_step = wanted.step and t.last_answer_id = wanted.answer_id))
  returning t.serial`;

interface UserRow {
  readonly user_id: string;
  readonly enabled: boolean | null;
  readonly groups: readonly string[] | null;
}

interface TokenRow extends UserRow {
  readonly serial: string;
  readonly sealed_secret: Uint8Array;
  readonly algorithm: TotpAlgorithm;
  readonly digits: number;
  readonly period_seconds: number;
  readonly last_step: number;
  readonly last_answer_id: string;
}

type FactorRow = TokenRow | (UserRow & { readonly serial: null });

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

  async #findAll(userIds: readonly UserId[]): Promise<UserFactors[]> {
    const rows = await query<FactorRow>(this.#db, FIND_FACTORS, [[...new Set(userIds)]]);
    const found = new Map<string, UserFactors & { tokens: Token[] }>();
    for (const row of rows) {
      const factors = found.get(row.user_id) ?? { enabled: row.enabled ?? true, groups: row.groups ?? [], tokens: [] };
      if (row.serial !== null) factors.tokens.push(tokenOf(row));
      found.set(row.user_id, factors);
    }
    return userIds.map((userId) => found.get(userId) ?? { enabled: true, groups: [], tokens: [] });
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
    ];
    const rows = await query<{ serial: string }>(this.#db, USE_STEPS, parameters);
    return rows.map((row) => row.serial);
  }
}

function tokenOf(row: TokenRow): Token {
  return {
    serial: row.serial,
    sealedSecret: row.sealed_secret,
    algorithm: row.algorithm,
    digits: row.digits,
    periodSeconds: row.period_seconds,
    lastStep: row.last_step,
    lastAnswerId: row.last_answer_id,
  };
}
