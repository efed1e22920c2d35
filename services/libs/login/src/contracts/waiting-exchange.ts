import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { WaitingExchangeSchema } from "@portcullis/proto";
import type { LoginContext } from "../login-context.js";
import { contextMessage, contextOf } from "./context.js";

/** An exchange as it is kept with its login: what its reply needs when the login ends. */
export interface WaitingExchange {
  readonly context: LoginContext;
  /** What a target's Accept said, sealed for this exchange (`replyAttributesPlace`); undefined when there was none. */
  readonly sealedAttributes: Uint8Array | undefined;
  /** What a reject must have, sealed for this exchange (`denialPlace`). */
  readonly sealedDenial: Uint8Array | undefined;
  /** The login name of the user whom the target named; absent when it named nobody whom we know. */
  readonly provenName?: string;
}

export function encodeWaitingExchange({
  context,
  sealedAttributes,
  sealedDenial,
  provenName,
}: WaitingExchange): Uint8Array {
  const message = create(WaitingExchangeSchema, { context: contextMessage(context) });
  if (sealedAttributes !== undefined) message.sealedAttributes = sealedAttributes;
  if (sealedDenial !== undefined) message.sealedDenial = sealedDenial;
  if (provenName !== undefined) message.provenName = provenName;
  return toBinary(WaitingExchangeSchema, message);
}

export function decodeWaitingExchange(bytes: Uint8Array): WaitingExchange {
  const { context, sealedAttributes, sealedDenial, provenName } = fromBinary(WaitingExchangeSchema, bytes);
  return {
    context: contextOf(context),
    sealedAttributes: sealedAttributes.length > 0 ? sealedAttributes : undefined,
    sealedDenial: sealedDenial.length > 0 ? sealedDenial : undefined,
    ...(provenName === "" ? {} : { provenName }),
  };
}
