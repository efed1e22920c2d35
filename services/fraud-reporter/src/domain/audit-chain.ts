import { createHmac, type KeyObject } from "node:crypto";
import type { AuditedOutcome, AuditHead, AuditRow } from "./audit-row.js";

const FORMAT = "portcullis audit v1";

/**
 * Chains rows, so that none can be changed, removed from the middle or put in without the audit key:
 *
 *     mac(n) = HMAC-SHA256(key, format, mac(n-1), n, fields in a fixed order), each part with its length before it
 */
export class AuditChain {
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  /** @returns the row that follows `head`. */
  append(head: AuditHead, outcome: AuditedOutcome): AuditRow {
    const sequence = head.sequence + 1;
    return { sequence, outcome, mac: this.#mac(head.mac, sequence, outcome) };
  }

  /** @returns whether the row is the one that followed `head`, word by word. */
  follows(head: AuditHead, row: AuditRow): boolean {
    return row.sequence === head.sequence + 1 && row.mac === this.#mac(head.mac, row.sequence, row.outcome);
  }

  #mac(previous: string, sequence: number, outcome: AuditedOutcome): string {
    const mac = createHmac("sha256", this.#key);
    const length = Buffer.allocUnsafe(4);
    for (const part of [FORMAT, previous, String(sequence), ...fieldsOf(outcome)]) {
      const bytes = Buffer.from(part);
      length.writeUInt32BE(bytes.length);
      mac.update(length).update(bytes);
    }
    return mac.digest("hex");
  }
}

function fieldsOf(outcome: AuditedOutcome): string[] {
  return [
    outcome.loginId,
    outcome.client,
    outcome.userId,
    outcome.userKnown ? "known" : "unknown",
    outcome.userName,
    outcome.station,
    outcome.sourceAddress,
    outcome.verdict,
    outcome.resultCode,
    outcome.tokenSerial,
    String(outcome.claimedAtMs),
    String(outcome.decidedAtMs),
  ];
}
