import { eapMessageAttributes, textAttribute, vendorAttribute } from "../attribute-builders.js";
import { AttributeType, MicrosoftType, VendorId } from "../attributes.js";
import { isMalformed, type Malformed } from "../malformed.js";
import { type Attribute, MAX_VALUE_BYTES } from "../packet.js";
import { VENDOR_ID_BYTES, vendorAttributesOf } from "../vendor-attribute.js";
import { attributesOf, octetsOf } from "./clear-attributes.js";

/** Octets of the challenge in MS-CHAP-Error. RFC 2759 section 6. */
export const MS_CHAP_CHALLENGE_BYTES = 16;

const EAP_FAILURE = 4;
const EAP_HEADER_BYTES = 4;
const MAX_VENDOR_VALUE_BYTES = MAX_VALUE_BYTES - VENDOR_ID_BYTES - 2;

export interface DenialAfterAccept {
  /** Of the client's request, in clear. */
  readonly request: Uint8Array;
  /** Of the target's Access-Accept, in clear. */
  readonly reply: Uint8Array;
  /** 16 random octets, kept with the decision so that each gateway sends the same. */
  readonly challenge: Uint8Array;
  /** For the user; may be empty. Only as much as fits into one attribute where there can be one only. */
  readonly message: string;
}

/**
 * What an Access-Reject holds when a target accepted and we do not. Nothing of the Accept passes.
 *
 * - EAP: EAP-Failure with the Identifier of the EAP-Success (RFC 3748 section 4.2, RFC 3579 section 2.6.3), and no
 *   Reply-Message (RFC 3579 section 2.6.5)
 * - MS-CHAPv2: Reply-Message, and MS-CHAP-Error `E=691 R=0 C=... V=3 M=...` behind the Ident of the response (RFC 2759 section
 *   6, RFC 2548 section 2.1.5)
 * - else: Reply-Message
 * @returns attributes behind each other, nothing hidden in them; Malformed when request or reply are no attributes
 * @throws RangeError unless the challenge has 16 octets
 */
export function denyAfterAccept(denial: DenialAfterAccept): Uint8Array | Malformed {
  if (denial.challenge.length !== MS_CHAP_CHALLENGE_BYTES) {
    throw new RangeError(`a challenge has ${MS_CHAP_CHALLENGE_BYTES} octets, not ${denial.challenge.length}`);
  }
  const request = attributesOf(denial.request);
  const reply = attributesOf(denial.reply);
  if (isMalformed(request)) {
    return request;
  }
  if (isMalformed(reply)) {
    return reply;
  }
  return octetsOf(eapFailure(request, reply) ?? passwordDenial(request, denial));
}

/** The Identifier is that of the Success; without one, that of the response it would have answered, which is the same. */
function eapFailure(request: readonly Attribute[], reply: readonly Attribute[]): readonly Attribute[] | undefined {
  const answered = eapOf(request);
  if (answered === undefined) {
    return undefined;
  }
  const success = eapOf(reply) ?? answered;
  return eapMessageAttributes(Uint8Array.of(EAP_FAILURE, success[1] ?? 0, 0, EAP_HEADER_BYTES));
}

function eapOf(attributes: readonly Attribute[]): Uint8Array | undefined {
  return attributes.find(({ type }) => type === AttributeType.EapMessage)?.value;
}

function passwordDenial(request: readonly Attribute[], { challenge, message }: DenialAfterAccept): Attribute[] {
  const denial = [...textAttribute(AttributeType.ReplyMessage, message)];
  const ident = msChap2Ident(request);
  if (ident !== undefined) {
    const before = `E=691 R=0 C=${Buffer.from(challenge).toString("hex").toUpperCase()} V=3 M=`;
    const text = upTo(before + message, MAX_VENDOR_VALUE_BYTES - 1);
    const value = Buffer.concat([Uint8Array.of(ident), text]);
    denial.push(vendorAttribute(VendorId.Microsoft, MicrosoftType.ChapError, value));
  }
  return denial;
}

/** Ident of MS-CHAP2-Response, or of MS-CHAP2-CPW when a password is changed. RFC 2548 sections 2.3.2 and 2.3.4. */
function msChap2Ident(request: readonly Attribute[]): number | undefined {
  const inner = request
    .filter(({ type }) => type === AttributeType.VendorSpecific)
    .flatMap(({ value }) => vendorAttributesOf(value));
  for (const attribute of inner) {
    if ("vendorType" in attribute && attribute.vendorId === VendorId.Microsoft) {
      const { vendorType, value } = attribute;
      if (vendorType === MicrosoftType.Chap2Response) {
        return value[0];
      }
      if (vendorType === MicrosoftType.Chap2ChangePassword) {
        return value[1];
      }
    }
  }
  return undefined;
}

/** The text as UTF-8, cut between characters. */
function upTo(text: string, lengthBytes: number): Uint8Array {
  const octets = new Uint8Array(lengthBytes);
  return octets.subarray(0, new TextEncoder().encodeInto(text, octets).written);
}
