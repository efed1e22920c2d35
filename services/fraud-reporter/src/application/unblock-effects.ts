import type { KeyedDigest } from "@portcullis/kit";
import { entriesOfChange } from "../domain/fraud-audit.js";
import { mailOfUnblock } from "../domain/fraud-mail.js";
import type { FraudRules } from "../domain/fraud-report.js";
import type { BlockEnd, UserBlock } from "../domain/user-block.js";
import type { FraudEffects } from "./ports.js";

export interface Unblocking {
  readonly block: UserBlock;
  /** Empty for a user whom we do not know any more. */
  readonly loginName: string;
  readonly end: BlockEnd;
  readonly rules: FraudRules;
  readonly digest: KeyedDigest;
  readonly nowMs: number;
}

/** What follows when a user is blocked no more, whoever or whatever ended it. */
export function unblockEffects({ block, loginName, end, rules, digest, nowMs }: Unblocking): FraudEffects {
  const change = { end };
  const mailId = digest.hex("unblock-mail", block.blockId);
  return {
    change,
    audit: entriesOfChange({ userName: loginName, standing: block, change, nowMs }),
    mail: mailOfUnblock(loginName || block.userId, end, { mailId, rules, nowMs }),
  };
}
