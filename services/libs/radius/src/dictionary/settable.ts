import { AttributeType, MicrosoftType, VendorId } from "../attributes.js";
import { type Hiding, hidingOf, vendorForm } from "../hop/hidden-attributes.js";
import type { AttributeDefinition, Vendor } from "./definitions.js";
import { isSecretType, isSecretVendorType } from "./secret-attributes.js";

const OF_THE_HOP = "belongs to a single packet and is made by the product";
const OF_THE_LOGIN = "belongs to the conversation of a login and is never set by a rule";
const NOT_IN_ACCEPT = "may not stand in an Access-Accept";

/** What no rule may put into an Access-Accept, and why: RFC 2865 section 5.44, RFC 2869 section 5.19, RFC 3579 section 3.3. */
const NEVER: ReadonlyMap<number, string> = new Map<number, string>([
  [AttributeType.MessageAuthenticator, OF_THE_HOP],
  [AttributeType.ProxyState, OF_THE_HOP],
  [AttributeType.VendorSpecific, "is set by the name of the vendor's attribute"],
  [AttributeType.State, OF_THE_LOGIN],
  [AttributeType.EapMessage, OF_THE_LOGIN],
  [AttributeType.EapKeyName, OF_THE_LOGIN],
  [AttributeType.ArapPassword, OF_THE_LOGIN],
  [AttributeType.ArapSecurity, OF_THE_LOGIN],
  [AttributeType.ArapSecurityData, OF_THE_LOGIN],
  [AttributeType.ArapChallengeResponse, OF_THE_LOGIN],
  [AttributeType.UserPassword, NOT_IN_ACCEPT],
  [AttributeType.ChapPassword, NOT_IN_ACCEPT],
  [AttributeType.ChapChallenge, NOT_IN_ACCEPT],
  [AttributeType.PasswordRetry, NOT_IN_ACCEPT],
  [AttributeType.Prompt, NOT_IN_ACCEPT],
  [AttributeType.ErrorCause, NOT_IN_ACCEPT],
  [AttributeType.NasIpAddress, NOT_IN_ACCEPT],
  [AttributeType.NasIpv6Address, NOT_IN_ACCEPT],
  [AttributeType.NasPort, NOT_IN_ACCEPT],
  [AttributeType.NasPortId, NOT_IN_ACCEPT],
  [AttributeType.NasPortType, NOT_IN_ACCEPT],
  [AttributeType.NasIdentifier, NOT_IN_ACCEPT],
  [AttributeType.CalledStationId, NOT_IN_ACCEPT],
  [AttributeType.CallingStationId, NOT_IN_ACCEPT],
  [AttributeType.ConnectInfo, NOT_IN_ACCEPT],
  [AttributeType.EventTimestamp, NOT_IN_ACCEPT],
  [AttributeType.AcctTunnelConnection, NOT_IN_ACCEPT],
  [AttributeType.AcctTunnelPacketsLost, NOT_IN_ACCEPT],
]);

/** Acct-Status-Type to Acct-Output-Gigawords: what accounting counts. */
const FIRST_ACCOUNTING = AttributeType.AcctStatusType;
const LAST_ACCOUNTING = AttributeType.AcctOutputGigawords;

/** Microsoft's part of a conversation: responses, errors, and the keys that both sides derive from the password. */
const MICROSOFT_NEVER: ReadonlySet<number> = new Set([MicrosoftType.ChapError, MicrosoftType.ChapChallenge]);

/** Fail closed: what cannot be hidden as its device expects would go out in clear. */
const UNKNOWN_HIDING = "is hidden on its way in a form that is not supported";

/** Why a rule may not set an attribute, as the end of a sentence; undefined when it may. By number, whatever it is called. */
export function whyNotSettable(definition: AttributeDefinition): string | undefined {
  const { number, vendor, valueType } = definition;
  if (valueType === "unsupported") return "is of a type that is not supported, or only used inside of FreeRADIUS";
  if (vendor === undefined) {
    const accounting = number >= FIRST_ACCOUNTING && number <= LAST_ACCOUNTING;
    const never = NEVER.get(number) ?? (accounting ? NOT_IN_ACCEPT : undefined);
    if (never !== undefined) return never;
  } else if (vendor.id === VendorId.Microsoft) {
    if (MICROSOFT_NEVER.has(number) || isSecretVendorType(vendor.id, number)) return OF_THE_LOGIN;
  }
  if (vendor !== undefined && isOtherForm(vendor)) return "is of a vendor whose format is another one";
  return isHidden(definition) && !canBeHidden(definition) ? UNKNOWN_HIDING : undefined;
}

/** Whether the value is a secret, which is hidden on its way and printed nowhere. */
export function isHidden(definition: AttributeDefinition): boolean {
  const { number, vendor, encrypt } = definition;
  const secret = vendor === undefined ? isSecretType(number) : isSecretVendorType(vendor.id, number);
  return secret || encrypt !== 0 || gatewayHiding(definition) !== undefined;
}

/** How the gateway hides the value: by the attribute's number, whatever a dictionary says. */
export function gatewayHiding({ number, vendor }: AttributeDefinition): Hiding | undefined {
  return vendor === undefined ? hidingOf(number) : vendorForm(vendor.id)?.hidden.get(number);
}

/** A tag that a dictionary adds to a value which has none would be hidden with it, and be part of the password. */
function canBeHidden(definition: AttributeDefinition): boolean {
  const hiding = gatewayHiding(definition);
  return hiding === "tagged-salted" || (hiding === "salted" && !definition.hasTag);
}

/** The gateway reads the attributes of some vendors to hide what is in them: in a form that it must find. */
function isOtherForm({ id, typeBytes, lengthBytes, continuation }: Vendor): boolean {
  const form = vendorForm(id);
  return (
    form !== undefined && (form.typeBytes !== typeBytes || lengthBytes !== 1 || form.continuation !== continuation)
  );
}
