import { type Database, query } from "@portcullis/kit";
import type { BlockState, Outbox } from "../../application/ports.js";
import type { FraudMail } from "../../domain/fraud-mail.js";

const BLOCKS = `
  select told.user_id, told.generation::text, block.until_ms::text, block.reason
  from fraud_reporter.user_blocks as told left join fraud_reporter.blocks as block on block.block_id = told.block_id
  where told.generation > told.told_generation order by told.user_id limit $1`;
/** Two replicas may tell of one user at once, and the older state may have come last: then the newest is told once more. */
const BLOCK_TOLD = `
  update fraud_reporter.user_blocks
  set told_generation = case when generation = $2::bigint then generation else 0 end where user_id = $1`;
const MAILS = `
  select mail_id, kind, recipients, language, fields, requested_at_ms::text from fraud_reporter.mails
  where not told order by requested_at_ms limit $1`;
const MAIL_TOLD = "update fraud_reporter.mails set told = true where mail_id = $1";

interface BlockStateRow {
  readonly user_id: string;
  readonly generation: string;
  readonly until_ms: string | null;
  readonly reason: string | null;
}

interface MailRow {
  readonly mail_id: string;
  readonly kind: FraudMail["kind"];
  readonly recipients: string;
  readonly language: string;
  readonly fields: string;
  readonly requested_at_ms: string;
}

/** What is to be told, in the tables that it is about. */
export class PostgresOutbox implements Outbox {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async blocks(limit: number): Promise<readonly BlockState[]> {
    return (await query<BlockStateRow>(this.#db, BLOCKS, [limit])).map((row) => ({
      userId: row.user_id,
      generation: Number(row.generation),
      block: row.until_ms === null ? undefined : { untilMs: Number(row.until_ms), reason: row.reason ?? "" },
    }));
  }

  async blockTold({ userId, generation }: BlockState): Promise<void> {
    await query(this.#db, BLOCK_TOLD, [userId, generation]);
  }

  async mails(limit: number): Promise<readonly FraudMail[]> {
    return (await query<MailRow>(this.#db, MAILS, [limit])).map((row) => ({
      mailId: row.mail_id,
      kind: row.kind,
      recipients: JSON.parse(row.recipients) as string[],
      language: row.language,
      fields: JSON.parse(row.fields) as Record<string, string>,
      requestedAtMs: Number(row.requested_at_ms),
    }));
  }

  async mailTold(mailId: string): Promise<void> {
    await query(this.#db, MAIL_TOLD, [mailId]);
  }
}
