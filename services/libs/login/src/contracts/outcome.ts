import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type LoginDecided,
  LoginDecidedSchema,
  ResultCode as ResultCodeMessage,
  Verdict as VerdictMessage,
} from "@portcullis/proto";
import type { UserId } from "../ids.js";
import type { LoginOutcome } from "../login-context.js";
import { isResultCode, type ResultCode } from "../result-codes.js";
import { contextMessage, contextOf } from "./context.js";

const VERDICTS = {
  accept: VerdictMessage.ACCEPT,
  reject: VerdictMessage.REJECT,
  discard: VerdictMessage.DISCARD,
} as const;

export function resultCodeMessage(code: ResultCode): ResultCodeMessage {
  return ResultCodeMessage[code];
}

/** The code of a message, or undefined where it says none. Throws for a number that this version does not know. */
export function resultCodeOf(message: ResultCodeMessage): ResultCode | undefined {
  if (message === ResultCodeMessage.UNSPECIFIED) return undefined;
  const name = ResultCodeMessage[message];
  if (name === undefined || !isResultCode(name)) throw new Error(`Result code ${message} is not known here.`);
  return name;
}

export function outcomeMessage(outcome: LoginOutcome): LoginDecided {
  return create(LoginDecidedSchema, {
    context: contextMessage(outcome.context),
    verdict: VERDICTS[outcome.verdict],
    resultCode: resultCodeMessage(outcome.resultCode),
    userId: outcome.userId,
    userKnown: outcome.userKnown,
    tokenSerial: outcome.tokenSerial,
    method: outcome.method,
    challengeId: outcome.challengeId,
    decidedAtMs: BigInt(outcome.decidedAtMs),
  });
}

export function outcomeOf(message: LoginDecided): LoginOutcome {
  const resultCode = resultCodeOf(message.resultCode);
  if (resultCode === undefined) throw new Error("A decided login has no result code.");
  return {
    context: contextOf(message.context),
    verdict: verdictOf(message.verdict),
    resultCode,
    userId: message.userId as UserId,
    userKnown: message.userKnown,
    tokenSerial: message.tokenSerial,
    method: message.method,
    challengeId: message.challengeId,
    decidedAtMs: Number(message.decidedAtMs),
  };
}

/** An outcome as it is kept in the pending store. */
export function encodeOutcome(outcome: LoginOutcome): Uint8Array {
  return toBinary(LoginDecidedSchema, outcomeMessage(outcome));
}

export function decodeOutcome(bytes: Uint8Array): LoginOutcome {
  return outcomeOf(fromBinary(LoginDecidedSchema, bytes));
}

function verdictOf(message: VerdictMessage): LoginOutcome["verdict"] {
  switch (message) {
    case VerdictMessage.ACCEPT:
      return "accept";
    case VerdictMessage.REJECT:
      return "reject";
    case VerdictMessage.DISCARD:
      return "discard";
    default:
      throw new Error("A decided login has no final verdict.");
  }
}
