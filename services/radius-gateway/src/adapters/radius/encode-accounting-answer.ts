import type { Reply } from "@portcullis/login";
import {
  type Attribute,
  attributesOf,
  Code,
  encodeReply,
  hideReplyAttributes,
  isMalformed,
  type Packet,
  type SharedSecret,
} from "@portcullis/radius";

/**
 * The octets of an Accounting-Response: nothing but the request's Proxy-States (RFC 2866 section 4.2), and what a target had
 * in its own. The same for the same reply, whichever gateway sends it.
 */
export function encodeAccountingAnswer(
  reply: Pick<Reply, "attributes" | "salt">,
  request: Packet,
  secret: SharedSecret,
): Buffer {
  return encoded(further(reply, request, secret), request, secret) ?? bare(request, secret);
}

function further(
  { attributes, salt }: Pick<Reply, "attributes" | "salt">,
  request: Packet,
  secret: SharedSecret,
): readonly Attribute[] {
  if (attributes.length === 0) return [];
  const hidden = hideReplyAttributes(attributes, { secret, requestAuthenticator: request.authenticator, salt });
  const all = isMalformed(hidden) ? hidden : attributesOf(hidden);
  if (isMalformed(all)) throw new Error("The attributes of a reply cannot be read.");
  return all;
}

/** What a target added may not fit beside the Proxy-States; that it has the record counts more. */
function encoded(attributes: readonly Attribute[], request: Packet, secret: SharedSecret): Buffer | undefined {
  const octets = encodeReply({ code: Code.AccountingResponse, request, secret, attributes });
  return octets === "too-big" ? undefined : octets;
}

function bare(request: Packet, secret: SharedSecret): Buffer {
  const octets = encoded([], request, secret);
  if (octets === undefined) throw new RangeError("a reply without attributes always fits");
  return octets;
}
