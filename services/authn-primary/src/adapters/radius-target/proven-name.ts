import { loginNameOf } from "@portcullis/login";
import { type Attribute, AttributeType, decodeUtf8 } from "@portcullis/radius";

/**
 * EAP methods whose proof is for the very name in EAP-Response/Identity, which the access point repeats as User-Name (RFC 3579
 * section 2.1): MD5-Challenge, OTP, GTC, MSCHAPv2. All others may prove another name than that one.
 */
const NAMED_OUTSIDE: ReadonlySet<number> = new Set([4, 5, 6, 26]);
/** Behind Code, Identifier and Length. RFC 3748 section 4.1. */
const EAP_TYPE_AT = 4;

export interface AcceptedRequest {
  /** Attributes of the request that was accepted, in clear. */
  readonly request: readonly Attribute[];
  /** Attributes of the Access-Accept. */
  readonly reply: readonly Attribute[];
  /** The target never repeats the outer name of a tunnel. */
  readonly returnsInnerIdentity: boolean;
}

/**
 * Whom a target names in its Access-Accept. Fail closed: a tunnel (PEAP, TTLS, ...) proves a name inside of it, while the one
 * outside is whatever its user wrote there, and FreeRADIUS repeats that one when its configuration returns no other. Taken for
 * the user's, a stolen password would come in with the thief's own second factor.
 * @returns undefined when it names nobody, or may only have repeated the outer name
 */
export function provenNameOf({ request, reply, returnsInnerIdentity }: AcceptedRequest): string | undefined {
  const named = nameIn(reply);
  const eap = request.find(({ type }) => type === AttributeType.EapMessage)?.value;
  if (named === undefined || returnsInnerIdentity || eap === undefined) return named;
  if (NAMED_OUTSIDE.has(eap[EAP_TYPE_AT] ?? 0)) return named;
  // Also a part of it: a target may strip realms and domains by rules that are not ours.
  const outer = (nameIn(request) ?? "").normalize("NFC").toLowerCase();
  return outer.includes(loginNameOf(named)) ? undefined : named;
}

function nameIn(attributes: readonly Attribute[]): string | undefined {
  const value = attributes.find(({ type }) => type === AttributeType.UserName)?.value;
  return value && decodeUtf8(value);
}
