import { fromBinary } from "@bufbuild/protobuf";
import type { Sealer } from "@portcullis/kit";
import { challengeCodePlace, challengePhonesPlace, contextOf } from "@portcullis/login";
import {
  type ChallengeClosed,
  type ChallengeIssued,
  ChallengeResult as Ended,
  Notice as NoticeMessage,
  PhonesSchema,
  ReachMethod as Reach,
} from "@portcullis/proto";
import type { ClosedChallenge, IssuedChallenge } from "../../application/ports.js";
import type { ChallengeResult, Notice, ReachMethod } from "../../domain/delivery.js";
import { languageOf } from "../../domain/language.js";

const NOTICES: Readonly<Record<NoticeMessage, Notice>> = {
  [NoticeMessage.UNSPECIFIED]: "none",
  [NoticeMessage.PIN_WRONG]: "pin-wrong",
  [NoticeMessage.MATCH_WRONG]: "match-wrong",
  [NoticeMessage.CODE_WRONG]: "code-wrong",
};
const RESULTS: ReadonlyMap<Ended, ChallengeResult> = new Map([
  [Ended.APPROVED, "approved"],
  [Ended.DENIED, "denied"],
  [Ended.FRAUD, "fraud"],
  [Ended.WRONG, "wrong"],
  [Ended.EXPIRED, "expired"],
  [Ended.REPLACED, "replaced"],
  [Ended.REFUSED, "refused"],
]);
/** As long as any text of ours can use. */
const MAX_APPLICATION_LENGTH = 100;
const FRAUD_CODE = /^[0-9]{0,4}$/;

/** @returns undefined for what the app is for. Throws for an event that nobody of ours has sealed: it is poison. */
export function issuedChallengeOf(event: ChallengeIssued, sealer: Sealer): IssuedChallenge | undefined {
  const method = methodOf(event.method);
  if (method === undefined) return undefined;
  const { challengeId, userId, attempt, notice } = event;
  const { loginId, deadlineMs } = contextOf(event.context);
  const phones = sealer.open(event.sealedPhones, challengePhonesPlace(challengeId));
  const code = method === "voice" ? Buffer.alloc(0) : sealer.open(event.sealedCode, challengeCodePlace(challengeId));
  if (phones === undefined || code === undefined)
    throw new Error("Numbers or code of a challenge were not sealed for it.");
  const { number, extension, backupNumber, backupExtension } = fromBinary(PhonesSchema, phones);
  return {
    challengeId,
    loginId,
    userId,
    method,
    deadlineMs,
    attempt,
    notice: NOTICES[notice] ?? "none",
    details: {
      number,
      extension,
      backupNumber,
      backupExtension,
      language: languageOf(event.language),
      application: event.application.slice(0, MAX_APPLICATION_LENGTH),
      asksPin: event.asksPin,
      fraudCode: FRAUD_CODE.test(event.fraudCode) ? event.fraudCode : "",
      twoWay: event.twoWay,
      code: code.toString(),
    },
  };
}

/** @returns undefined for what the app is for */
export function closedChallengeOf(event: ChallengeClosed): ClosedChallenge | undefined {
  const method = methodOf(event.method);
  if (method === undefined) return undefined;
  const { challengeId, loginId, userId } = event;
  const result = RESULTS.get(event.result);
  if (result === undefined) throw new Error("A challenge was closed without a result.");
  return { challengeId, loginId, userId, method, result, deadlineMs: Number(event.deadlineMs) };
}

function methodOf(method: Reach): ReachMethod | undefined {
  if (method === Reach.VOICE) return "voice";
  return method === Reach.SMS ? "sms" : undefined;
}
