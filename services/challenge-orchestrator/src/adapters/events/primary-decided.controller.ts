import { Controller, Inject } from "@nestjs/common";
import { OnEvent, Stages } from "@portcullis/kit";
import { contextOf, deadlineOf, resultCodeOf, type UserId } from "@portcullis/login";
import {
  type Conversation,
  CredentialKind,
  type PrimaryDecided,
  PrimaryDecidedSchema,
  PrimaryOutcome,
} from "@portcullis/proto";
import { OpenChallenge } from "../../application/open-challenge.js";
import type {
  CredentialKind as Credential,
  FirstFactorResult,
  PrimaryDecision,
} from "../../domain/primary-decision.js";

const CREDENTIALS: Readonly<Record<CredentialKind, Credential>> = {
  [CredentialKind.UNSPECIFIED]: "none",
  [CredentialKind.PASSWORD]: "password",
  [CredentialKind.CHAP]: "chap",
  [CredentialKind.MS_CHAP]: "ms-chap",
  [CredentialKind.EAP]: "eap",
  [CredentialKind.ACL_DOWNLOAD]: "acl-download",
};

@Controller()
export class PrimaryDecidedController {
  constructor(
    @Inject(OpenChallenge) private readonly openChallenge: OpenChallenge,
    @Inject(Stages) private readonly stages: Stages,
  ) {}

  @OnEvent(PrimaryDecidedSchema, { deadlineMs: deadlineOf })
  async onPrimaryDecided(event: PrimaryDecided): Promise<void> {
    const startedAt = performance.now();
    await this.openChallenge.execute(decisionOf(event));
    this.stages.observe("orchestrator.open", startedAt, event.context?.loginId);
  }
}

export function decisionOf(event: PrimaryDecided): PrimaryDecision {
  const { userId, userKnown, identityUnproven, credentialDigest, conversation, provenName } = event;
  return {
    context: contextOf(event.context),
    userId: userId as UserId,
    userKnown,
    identityUnproven,
    credential: CREDENTIALS[event.credential] ?? "none",
    credentialDigest,
    sealedCode: presentOf(event.sealedCode),
    result: resultOf(event),
    sealedAttributes: presentOf(event.sealedAttributes),
    sealedDenial: presentOf(event.sealedDenial),
    conversation: conversation && conversationOf(conversation),
    ...(provenName === "" ? {} : { provenName }),
  };
}

/** Fail closed: only an outcome that says so is a proven first factor; anything unclear is poison. */
function resultOf({ outcome, resultCode: code, conversation }: PrimaryDecided): FirstFactorResult {
  const resultCode = resultCodeOf(code);
  if (outcome === PrimaryOutcome.ACCEPTED && resultCode === undefined) return { kind: "accepted" };
  if (outcome === PrimaryOutcome.CHALLENGED && resultCode === undefined && conversation) return { kind: "challenged" };
  if (outcome !== PrimaryOutcome.REJECTED || resultCode === undefined || resultCode.startsWith("SUCCESS")) {
    throw new Error("A decision about the first factor says neither accepted nor why it was refused.");
  }
  return { kind: "refused", resultCode };
}

function presentOf(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.length > 0 ? bytes : undefined;
}

function conversationOf({ server, state, further }: Conversation): PrimaryDecision["conversation"] {
  return { server, state, further };
}
