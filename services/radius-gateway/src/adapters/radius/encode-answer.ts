import type { Reply, Verdict } from "@portcullis/login";
import {
  type Attribute,
  AttributeType,
  attributesOf,
  Code,
  eapFailureFor,
  encodeReply,
  hideReplyAttributes,
  integerAttribute,
  isMalformed,
  type Packet,
  Prompt,
  type SharedSecret,
  stateAttribute,
  textAttribute,
} from "@portcullis/radius";

type AccessCode = typeof Code.AccessAccept | typeof Code.AccessReject | typeof Code.AccessChallenge;
/** What Status-Server is answered with, by the kind of port. */
export type StatusAnswerCode = typeof Code.AccessAccept | typeof Code.AccountingResponse;

const CODES: Readonly<Record<Verdict, AccessCode | undefined>> = {
  accept: Code.AccessAccept,
  reject: Code.AccessReject,
  challenge: Code.AccessChallenge,
  discard: undefined,
};

/** The octets of a reply, and what was sent. */
export interface EncodedAnswer {
  readonly code: AccessCode;
  readonly octets: Buffer;
  /** The reply would have been too long for a packet; its attributes were left out. */
  readonly cut: boolean;
}

/**
 * Encodes the reply to an Access-Request. Nothing in it is random or depends on the time, so that every gateway sends the
 * same octets for the same stored reply.
 *
 *     Access-Accept: Reply-Message; Access-Reject: Reply-Message or EAP-Failure;
 *     Access-Challenge: State, Reply-Message, Session-Timeout (RFC 2869 section 5: how long the prompt may be answered),
 *     Prompt (section 5.10: a code may be seen while it is typed, it is good once and who sees it errs less often)
 *
 * A target's own challenge says itself whether what is typed may be seen.
 *
 * @throws RangeError for a challenge without State or a discarded exchange, which is a bug of whoever decided
 */
export function encodeAnswer(reply: Reply, request: Packet, secret: SharedSecret): EncodedAnswer {
  const code = CODES[reply.verdict];
  if (code === undefined) throw new RangeError("a discarded exchange has no reply");
  const octets = encodeReply({ code, request, secret, attributes: attributesOfReply(reply, code, request, secret) });
  if (octets !== "too-big") return { code, octets, cut: false };
  // Fail closed: a challenge without its State could not be answered, an accept without its attributes lets in to more.
  const onlyText = code === Code.AccessAccept && reply.attributes.length === 0;
  const least = onlyText ? code : Code.AccessReject;
  return { code: least, octets: encodeBare(least, request, secret), cut: true };
}

/**
 * The answer to Status-Server. RFC 5997 section 3: Access-Accept, nothing in it but Message-Authenticator; on an accounting
 * port Accounting-Response.
 */
export function encodeStatusAnswer(
  request: Packet,
  secret: SharedSecret,
  code: StatusAnswerCode = Code.AccessAccept,
): Buffer {
  return encodeBare(code, request, secret);
}

function encodeBare(code: AccessCode | StatusAnswerCode, request: Packet, secret: SharedSecret): Buffer {
  const octets = encodeReply({ code, request, secret, attributes: [] });
  if (octets === "too-big") throw new RangeError("a reply without attributes always fits");
  return octets;
}

function attributesOfReply(
  reply: Reply,
  code: AccessCode,
  request: Packet,
  secret: SharedSecret,
): readonly Attribute[] {
  const further = furtherAttributes(reply, request, secret);
  // RFC 3579 section 2.6.5: no Reply-Message beside EAP-Message, ours or the target's.
  if (further.some(({ type }) => type === AttributeType.EapMessage) && code !== Code.AccessChallenge) return further;
  const failure = code === Code.AccessReject ? eapFailureFor(request) : [];
  if (failure.length > 0) return [...failure, ...further.filter(({ type }) => type !== AttributeType.ReplyMessage)];
  const message = textAttribute(AttributeType.ReplyMessage, reply.message);
  if (code !== Code.AccessChallenge) return [...message, ...further];
  const timeout =
    reply.sessionTimeoutSeconds > 0
      ? [integerAttribute(AttributeType.SessionTimeout, reply.sessionTimeoutSeconds)]
      : [];
  const isOurs = reply.message !== "";
  const prompt = isOurs ? [integerAttribute(AttributeType.Prompt, Prompt.Echo)] : [];
  return [stateAttribute(reply.state), ...message, ...timeout, ...prompt, ...further];
}

/** Those that a target or the configuration has for this reply, hidden again for the client. */
function furtherAttributes(reply: Reply, request: Packet, secret: SharedSecret): readonly Attribute[] {
  if (reply.attributes.length === 0) return [];
  const options = { secret, requestAuthenticator: request.authenticator, salt: reply.salt };
  const hidden = hideReplyAttributes(reply.attributes, options);
  const attributes = isMalformed(hidden) ? hidden : attributesOf(hidden);
  // Fail closed: a reply without what was meant to be in it may let in more than was meant.
  if (isMalformed(attributes)) throw new Error("The attributes of a reply cannot be read.");
  return attributes;
}
