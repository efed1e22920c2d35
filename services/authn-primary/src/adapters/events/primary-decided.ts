import { create } from "@bufbuild/protobuf";
import type { Sealer } from "@portcullis/kit";
import { contextMessage, denialPlace, replyAttributesPlace, resultCodeMessage } from "@portcullis/login";
import {
  ConversationSchema,
  CredentialKind,
  type PrimaryDecided,
  PrimaryDecidedSchema,
  PrimaryOutcome,
  ResultCode,
} from "@portcullis/proto";
import type { FirstFactorDecision, TargetAnswer } from "../../domain/first-factor.js";

const OUTCOMES: Readonly<Record<TargetAnswer["kind"], PrimaryOutcome>> = {
  accepted: PrimaryOutcome.ACCEPTED,
  refused: PrimaryOutcome.REJECTED,
  challenged: PrimaryOutcome.CHALLENGED,
};
const CREDENTIALS: Readonly<Record<FirstFactorDecision["credential"], CredentialKind>> = {
  none: CredentialKind.UNSPECIFIED,
  password: CredentialKind.PASSWORD,
  chap: CredentialKind.CHAP,
  "ms-chap": CredentialKind.MS_CHAP,
  eap: CredentialKind.EAP,
  "acl-download": CredentialKind.ACL_DOWNLOAD,
};
const NOTHING = new Uint8Array(0);

/** The event that tells a decision; its key is the user's id. What a target said is sealed for the exchange. */
export function primaryDecidedOf(decision: FirstFactorDecision, sealer: Sealer): PrimaryDecided {
  const { context, answer, credential, userId, userKnown, identityUnproven, credentialDigest, server, further } =
    decision;
  const { exchangeId } = context;
  const { attributes } = answer;
  const denial = answer.kind === "accepted" ? answer.denial : undefined;
  const message = create(PrimaryDecidedSchema, {
    context: contextMessage(context),
    outcome: OUTCOMES[answer.kind],
    resultCode: answer.kind === "refused" ? resultCodeMessage(answer.reason) : ResultCode.UNSPECIFIED,
    userId,
    userKnown,
    credentialDigest,
    credential: CREDENTIALS[credential],
    sealedAttributes: attributes === undefined ? NOTHING : sealer.seal(attributes, replyAttributesPlace(exchangeId)),
    sealedDenial: denial === undefined ? NOTHING : sealer.seal(denial, denialPlace(exchangeId)),
    identityUnproven,
    sealedCode: decision.sealedCode ?? NOTHING,
    provenName: decision.provenName ?? "",
  });
  if (server === undefined) return message;
  const state = answer.kind === "challenged" ? answer.state : NOTHING;
  return { ...message, conversation: create(ConversationSchema, { server, state, further }) };
}
