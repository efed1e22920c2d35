import { AttributeType, MicrosoftType, VendorId } from "./attributes.js";
import type { Attribute } from "./packet.js";
import { vendorAttributesOf } from "./vendor-attribute.js";

/**
 * Whether an attribute may stand in an Access-Reject. RFC 2865 section 5.44, RFC 2869 section 5.19, RFC 3579 section 3.3,
 * RFC 5176 section 3.6: what explains the refusal may, what authorises (Class, Filter-Id, keys, State) may not. Of vendors'
 * attributes only MS-CHAP-Error, RFC 2548 section 2.1.5.
 */
export function isAllowedInReject(attribute: Attribute): boolean {
  switch (attribute.type) {
    case AttributeType.ReplyMessage:
    case AttributeType.EapMessage:
    case AttributeType.PasswordRetry:
    case AttributeType.ErrorCause:
      return true;
    case AttributeType.VendorSpecific:
      return vendorAttributesOf(attribute.value).every(
        (inner) =>
          "vendorType" in inner &&
          inner.vendorId === VendorId.Microsoft &&
          inner.vendorType === MicrosoftType.ChapError,
      );
    default:
      return false;
  }
}
