import { type Database, query } from "@portcullis/kit";
import { loginNameOf } from "@portcullis/login";
import type { FraudEffects, FraudLedger, StandingBlock } from "../../application/ports.js";
import { type AuditChain, chainEntries } from "../../domain/audit-chain.js";
import type { FraudMail } from "../../domain/fraud-mail.js";
import type { FraudReport } from "../../domain/fraud-report.js";
import type { BlockChange } from "../../domain/user-block.js";
import { BLOCK_COLUMNS, type BlockRow, blockOf, nameOf } from "./block-rows.js";
import { appendWithin } from "./postgres-audit-trail.js";

/** The row of a user is the lock on her block; it is made with the first report or block of hers. */
const MAKE_USER = "insert into fraud_reporter.user_blocks (user_id) values ($1) on conflict (user_id) do nothing";
const LOCK_USER = "select user_id from fraud_reporter.user_blocks where user_id = $1 for update";
const STANDING = `select ${BLOCK_COLUMNS} from fraud_reporter.blocks as block
  where block.user_id = $1 and block.ended_at_ms is null`;
const LOGIN_NAME = "select login_name from fraud_reporter.users where user_id = $1";
const INSERT_REPORT = `
  insert into fraud_reporter.fraud_reports (report_id, user_id, user_name, login_name, login_id, client, application, station,
    source_address, channel, operator, note, reported_at_ms, block_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
  on conflict (report_id) do nothing returning report_id`;
const END_BLOCK = `
  update fraud_reporter.blocks set ended_at_ms = $2, ended_by_kind = $3, ended_by_name = $4, end_reason = $5
  where user_id = $1 and ended_at_ms is null`;
const BEGIN_BLOCK = `
  insert into fraud_reporter.blocks (block_id, user_id, from_ms, until_ms, reason, by_kind, by_name)
  values ($1, $2, $3, $4, $5, $6, $7)`;
const MOVE_USER = `
  update fraud_reporter.user_blocks set generation = generation + 1, block_id = $2::text where user_id = $1`;
const INSERT_MAIL = `
  insert into fraud_reporter.mails (mail_id, kind, recipients, language, fields, requested_at_ms)
  values ($1, $2, $3, $4, $5, $6) on conflict (mail_id) do nothing`;
const RUN_OUT = `
  select user_id from fraud_reporter.blocks
  where ended_at_ms is null and until_ms > 0 and until_ms <= $1 order by until_ms limit $2`;

/** Reports and blocks in PostgreSQL: a report, its block, its audit rows and its mail are one transaction. */
export class PostgresFraudLedger implements FraudLedger {
  readonly #db: Database<never>;
  readonly #chain: AuditChain;

  constructor(db: Database<never>, chain: AuditChain) {
    this.#db = db;
    this.#chain = chain;
  }

  take(report: FraudReport, effectsOf: (standing: StandingBlock) => FraudEffects): Promise<boolean> {
    return this.#db.transaction().execute(async (transaction) => {
      const standing = await lockUser(transaction, report.userId);
      const effects = effectsOf(standing);
      const blockId = effects.change?.begin?.blockId ?? standing.block?.blockId ?? "";
      const written = await query(transaction, INSERT_REPORT, [...columnsOf(report, standing.loginName), blockId]);
      if (written.length === 0) return false;
      await this.#write(transaction, report.userId, effects);
      return true;
    });
  }

  change(userId: string, effectsOf: (standing: StandingBlock) => FraudEffects | undefined): Promise<boolean> {
    return this.#db.transaction().execute(async (transaction) => {
      const effects = effectsOf(await lockUser(transaction, userId));
      if (effects === undefined) return false;
      await this.#write(transaction, userId, effects);
      return true;
    });
  }

  async runOut(nowMs: number, limit: number): Promise<readonly string[]> {
    return (await query<{ user_id: string }>(this.#db, RUN_OUT, [nowMs, limit])).map((row) => row.user_id);
  }

  /** The chain last: it is locked until the transaction ends, and logins wait for it. */
  async #write(transaction: Database<never>, userId: string, { change, mail, audit }: FraudEffects): Promise<void> {
    if (change !== undefined) await writeChange(transaction, userId, change);
    if (mail !== undefined) await writeMail(transaction, mail);
    await appendWithin(transaction, audit, (head, fresh) => chainEntries(this.#chain, head, fresh));
  }
}

async function lockUser(transaction: Database<never>, userId: string): Promise<StandingBlock> {
  await query(transaction, MAKE_USER, [userId]);
  await query(transaction, LOCK_USER, [userId]);
  const [row] = await query<BlockRow>(transaction, STANDING, [userId]);
  const [user] = await query<{ login_name: string }>(transaction, LOGIN_NAME, [userId]);
  return { block: row && blockOf(row), loginName: user?.login_name ?? "" };
}

async function writeChange(transaction: Database<never>, userId: string, { end, begin }: BlockChange): Promise<void> {
  if (end !== undefined) {
    await query(transaction, END_BLOCK, [userId, end.atMs, end.by.kind, nameOf(end.by), end.reason]);
  }
  if (begin !== undefined) {
    const { blockId, fromMs, untilMs, reason, by } = begin;
    await query(transaction, BEGIN_BLOCK, [blockId, userId, fromMs, untilMs, reason, by.kind, nameOf(by)]);
  }
  await query(transaction, MOVE_USER, [userId, begin?.blockId ?? null]);
}

async function writeMail(transaction: Database<never>, mail: FraudMail): Promise<void> {
  const recipients = JSON.stringify(mail.recipients);
  const fields = JSON.stringify(mail.fields);
  await query(transaction, INSERT_MAIL, [
    mail.mailId,
    mail.kind,
    recipients,
    mail.language,
    fields,
    mail.requestedAtMs,
  ]);
}

function columnsOf(report: FraudReport, loginName: string): unknown[] {
  return [
    report.reportId,
    report.userId,
    report.userName,
    loginName || loginNameOf(report.userName),
    report.loginId,
    report.client,
    report.application,
    report.station,
    report.sourceAddress,
    report.channel,
    report.operator,
    report.note,
    report.reportedAtMs,
  ];
}
