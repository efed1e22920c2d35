import { type Database, query } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { OwnedToken, Tokens } from "../../application/factor-ports.js";
import type { Token } from "../../domain/token.js";

const FIND = `
  select serial, user_id as "userId", sealed_secret as "sealedSecret", type, algorithm, digits, period_seconds as "periodSeconds",
         drift_steps as "driftSteps", last_step::float8 as "lastStep", last_answer_id as "lastAnswerId"
    from challenge_orchestrator.tokens where serial = $1`;

/** Single tokens in PostgreSQL. */
export class PostgresTokens implements Tokens {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async find(serial: string): Promise<OwnedToken | undefined> {
    const [token] = await query<Token & { readonly userId: UserId }>(this.#db, FIND, [serial]);
    return token;
  }
}
