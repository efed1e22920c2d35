import { create } from "@bufbuild/protobuf";
import { contextMessage, resultCodeMessage } from "@portcullis/login";
import { type PrimaryDecided, PrimaryDecidedSchema, PrimaryOutcome, ResultCode } from "@portcullis/proto";
import type { FirstFactorDecision } from "../../domain/first-factor.js";

/** The event that tells a decision; its key is the user's id. */
export function primaryDecidedOf(decision: FirstFactorDecision): PrimaryDecided {
  const { context, refusal, userId, userKnown, credentialDigest } = decision;
  return create(PrimaryDecidedSchema, {
    context: contextMessage(context),
    outcome: refusal === undefined ? PrimaryOutcome.ACCEPTED : PrimaryOutcome.REJECTED,
    resultCode: refusal === undefined ? ResultCode.UNSPECIFIED : resultCodeMessage(refusal),
    userId,
    userKnown,
    credentialDigest,
  });
}
