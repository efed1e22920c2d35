import { create } from "@bufbuild/protobuf";
import type { EventBus } from "@portcullis/kit";
import { contextMessage, resultCodeMessage } from "@portcullis/login";
import {
  ChallengeAnsweredSchema,
  ConversationSchema,
  CredentialKind,
  LoginRequestedSchema,
  ResultCode,
} from "@portcullis/proto";
import type { AnsweredChallenge, LoginEvents, RequestedLogin } from "../../application/ports.js";

const NOTHING = new Uint8Array();
const CREDENTIALS: Readonly<Record<RequestedLogin["credential"], CredentialKind>> = {
  none: CredentialKind.UNSPECIFIED,
  password: CredentialKind.PASSWORD,
  chap: CredentialKind.CHAP,
  "ms-chap": CredentialKind.MS_CHAP,
  eap: CredentialKind.EAP,
  "acl-download": CredentialKind.ACL_DOWNLOAD,
  unusable: CredentialKind.UNSPECIFIED,
};

/** The gateway's events on the bus. */
export class BusLoginEvents implements LoginEvents {
  readonly #bus: EventBus;

  constructor(bus: EventBus) {
    this.#bus = bus;
  }

  loginRequested(login: RequestedLogin): Promise<void> {
    const { context, credential, sealedPassword, sealedCode, sealedAttributes, server, refusal } = login;
    const event = create(LoginRequestedSchema, {
      context: contextMessage(context),
      credential: CREDENTIALS[credential],
      sealedPassword: sealedPassword ?? NOTHING,
      sealedCode: sealedCode ?? NOTHING,
      sealedAttributes: sealedAttributes ?? NOTHING,
      refusal: refusal === undefined ? ResultCode.UNSPECIFIED : resultCodeMessage(refusal),
    });
    if (server !== undefined) event.conversation = create(ConversationSchema, { server });
    return this.#bus.publish(LoginRequestedSchema, context.userKey, event);
  }

  challengeAnswered({ context, userId, round, sealedAnswer }: AnsweredChallenge): Promise<void> {
    const event = create(ChallengeAnsweredSchema, { context: contextMessage(context), userId, round, sealedAnswer });
    return this.#bus.publish(ChallengeAnsweredSchema, userId, event);
  }
}
