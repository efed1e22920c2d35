import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type LoginContext as ContextMessage, LoginContextSchema } from "@portcullis/proto";
import type { ExchangeId, GatewayId, LoginId, UserKey } from "../ids.js";
import type { LoginContext } from "../login-context.js";

/** The message of a context, for an event. */
export function contextMessage(context: LoginContext): ContextMessage {
  return create(LoginContextSchema, {
    loginId: context.loginId,
    exchangeId: context.exchangeId,
    userKey: context.userKey,
    gatewayId: context.gatewayId,
    client: context.client,
    userName: context.userName,
    station: context.station,
    sourceAddress: context.sourceAddress,
    claimedAtMs: BigInt(context.claimedAtMs),
    deadlineMs: BigInt(context.deadlineMs),
  });
}

/** The context that an event carries. Throws for an event without one: it is poison. */
export function contextOf(message: ContextMessage | undefined): LoginContext {
  if (message === undefined || message.exchangeId === "" || message.loginId === "") {
    throw new Error("An event of a login has no context.");
  }
  return {
    loginId: message.loginId as LoginId,
    exchangeId: message.exchangeId as ExchangeId,
    userKey: message.userKey as UserKey,
    gatewayId: message.gatewayId as GatewayId,
    client: message.client,
    userName: message.userName,
    station: message.station,
    sourceAddress: message.sourceAddress,
    claimedAtMs: Number(message.claimedAtMs),
    deadlineMs: Number(message.deadlineMs),
  };
}

/** When an event of a login is worthless; for `OnEvent`. */
export function deadlineOf(event: { readonly context?: ContextMessage | undefined }): number | undefined {
  return event.context === undefined ? undefined : Number(event.context.deadlineMs);
}

/** A context as it is kept in the pending store. */
export function encodeContext(context: LoginContext): Uint8Array {
  return toBinary(LoginContextSchema, contextMessage(context));
}

export function decodeContext(bytes: Uint8Array): LoginContext {
  return contextOf(fromBinary(LoginContextSchema, bytes));
}
