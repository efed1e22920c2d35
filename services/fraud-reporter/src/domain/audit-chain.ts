import { createHmac, type KeyObject } from "node:crypto";
import type { AuditEntry, AuditHead, AuditRow } from "./audit-row.js";

/** Rows of logins without details, as they have always been. */
const LOGIN_FORMAT = "portcullis audit v1";
/** All others, which came later: the same fields, and the kind and the details. */
const ENTRY_FORMAT = "portcullis audit v2";

/**
 * Chains rows, so that none can be changed, removed from the middle or put in without the audit key:
 *
 *     mac(n) = HMAC-SHA256(key, format, mac(n-1), n, fields in a fixed order), each part with its length before it
 *
 * The two formats differ in their first part, so that no row can be passed off as one of another kind.
 */
export class AuditChain {
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  /** @returns the row that follows `head`. */
  append(head: AuditHead, entry: AuditEntry): AuditRow {
    const sequence = head.sequence + 1;
    return { sequence, entry, mac: this.#mac(head.mac, sequence, entry) };
  }

  /** @returns whether the row is the one that followed `head`, word by word. */
  follows(head: AuditHead, row: AuditRow): boolean {
    return row.sequence === head.sequence + 1 && row.mac === this.#mac(head.mac, row.sequence, row.entry);
  }

  #mac(previous: string, sequence: number, entry: AuditEntry): string {
    const mac = createHmac("sha256", this.#key);
    const length = Buffer.allocUnsafe(4);
    for (const part of partsOf(previous, sequence, entry)) {
      const bytes = Buffer.from(part);
      length.writeUInt32BE(bytes.length);
      mac.update(length).update(bytes);
    }
    return mac.digest("hex");
  }
}

/** @returns the rows that follow `head`, one for each entry. */
export function chainEntries(chain: AuditChain, head: AuditHead, entries: readonly AuditEntry[]): AuditRow[] {
  const rows: AuditRow[] = [];
  let end = head;
  for (const entry of entries) {
    const row = chain.append(end, entry);
    rows.push(row);
    end = row;
  }
  return rows;
}

function partsOf(previous: string, sequence: number, entry: AuditEntry): string[] {
  const common = [previous, String(sequence), ...fieldsOf(entry)];
  const isOld = entry.kind === "login" && entry.details === "";
  return isOld ? [LOGIN_FORMAT, ...common] : [ENTRY_FORMAT, ...common, entry.kind, entry.details];
}

function fieldsOf(entry: AuditEntry): string[] {
  return [
    entry.id,
    entry.client,
    entry.userId,
    entry.userKnown ? "known" : "unknown",
    entry.userName,
    entry.station,
    entry.sourceAddress,
    entry.verdict,
    entry.resultCode,
    entry.tokenSerial,
    String(entry.claimedAtMs),
    String(entry.decidedAtMs),
  ];
}
