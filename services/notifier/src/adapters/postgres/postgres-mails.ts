import { type Database, query, type Sealer } from "@portcullis/kit";
import type { ClaimedMail, MailEnd, Mails, QueuedMail } from "../../application/ports.js";
import { mailPlace } from "./sealed-places.js";

const QUEUE = `
  insert into notifier.mails (mail_id, sealed_mail, queued_at_ms, state, next_try_at_ms)
  values ($1, $2, $3, 'waiting', $3) on conflict do nothing`;
/** While one is under way, `next_try_at_ms` says since when. */
const CLAIM_DUE = `
  update notifier.mails set state = 'sending', next_try_at_ms = $1
  where mail_id in (select mail_id from notifier.mails where state = 'waiting' and next_try_at_ms <= $1
    order by next_try_at_ms limit $2 for update skip locked)
  returning mail_id, sealed_mail, tries, queued_at_ms::text`;
const AGAIN = `
  update notifier.mails set state = 'waiting', tries = tries + 1, next_try_at_ms = $2 where mail_id = $1 and state = 'sending'`;
const END = `
  update notifier.mails set state = $2, provider = $3, tries = tries + 1, sealed_mail = null
  where mail_id = $1 and state = 'sending'`;
const ABANDON = `
  update notifier.mails set state = 'unknown', sealed_mail = null where state = 'sending' and next_try_at_ms < $1
  returning mail_id`;

const FORGET = `
  delete from notifier.mails where mail_id in
    (select mail_id from notifier.mails where state not in ('waiting', 'sending') and queued_at_ms < $1 limit $2)
  returning mail_id`;

interface MailRow {
  readonly mail_id: string;
  readonly sealed_mail: Uint8Array;
  readonly tries: number;
  readonly queued_at_ms: string;
}

/** The queue of mails in PostgreSQL, and the log of those that ended. */
export class PostgresMails implements Mails {
  readonly #db: Database<never>;
  readonly #sealer: Sealer;

  constructor(db: Database<never>, sealer: Sealer) {
    this.#db = db;
    this.#sealer = sealer;
  }

  async queue(mail: QueuedMail, nowMs: number): Promise<void> {
    const { mailId, recipients, subject, body } = mail;
    const plain = Buffer.from(JSON.stringify({ recipients, subject, body }));
    await query(this.#db, QUEUE, [mailId, this.#sealer.seal(plain, mailPlace(mailId)), nowMs]);
  }

  async claimDue(nowMs: number, limit: number): Promise<readonly ClaimedMail[]> {
    const rows = await query<MailRow>(this.#db, CLAIM_DUE, [nowMs, limit]);
    return rows.map((row) => {
      const plain = this.#sealer.open(row.sealed_mail, mailPlace(row.mail_id));
      if (plain === undefined) throw new Error("A mail was not sealed for its id.");
      const words = JSON.parse(plain.toString()) as Omit<QueuedMail, "mailId">; // We have sealed it ourselves.
      return { mailId: row.mail_id, ...words, tries: row.tries, queuedAtMs: Number(row.queued_at_ms) };
    });
  }

  async again(mailId: string, nextTryAtMs: number): Promise<void> {
    await query(this.#db, AGAIN, [mailId, nextTryAtMs]);
  }

  async end(mailId: string, end: MailEnd, provider: string): Promise<void> {
    await query(this.#db, END, [mailId, end, provider]);
  }

  async abandon(claimedBeforeMs: number): Promise<readonly string[]> {
    return (await query<{ mail_id: string }>(this.#db, ABANDON, [claimedBeforeMs])).map((row) => row.mail_id);
  }

  async forget(queuedBeforeMs: number, limit: number): Promise<number> {
    return (await query(this.#db, FORGET, [queuedBeforeMs, limit])).length;
  }
}
