import { integerAttribute } from "../attribute-builders.js";
import { AttributeType, Code } from "../attributes.js";
import { equalInConstantTime } from "../constant-time.js";
import type { Attribute, Packet } from "../packet.js";

/** Request Not Routable (Proxy), RFC 5176 section 3.6: the only cause that says that forwarding failed. */
const REQUEST_NOT_ROUTABLE = 502;

/**
 * Whether a request has been with us before: one of its Proxy-States is the one that we put into requests to targets. A
 * target that forwards to us adds its own behind ours and keeps ours (RFC 2865 section 5.33).
 * @param tag our own Proxy-State
 */
export function isLooped(request: Packet, tag: Uint8Array): boolean {
  return request.all(AttributeType.ProxyState).some((value) => equalInConstantTime(value, tag));
}

/** What an Access-Reject to a looped request holds, so that who sent the request to the target learns why. */
export function loopRefusalAttributes(): readonly Attribute[] {
  return [integerAttribute(AttributeType.ErrorCause, REQUEST_NOT_ROUTABLE)];
}

/** Whether a target refuses because the request cannot be forwarded: back to us, as a rule. */
export function isLoopRefusal(reply: Packet): boolean {
  if (reply.code !== Code.AccessReject && reply.code !== Code.ProtocolError) {
    return false;
  }
  const cause = reply.first(AttributeType.ErrorCause);
  return cause?.length === 4 && new DataView(cause.buffer, cause.byteOffset).getUint32(0) === REQUEST_NOT_ROUTABLE;
}
