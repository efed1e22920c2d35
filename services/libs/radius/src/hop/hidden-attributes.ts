import { AttributeType, MicrosoftType, VendorId } from "../attributes.js";

/**
 * How a value is hidden with the shared secret of one hop.
 *
 * - `password`: as User-Password, RFC 2865 section 5.2; the value is any multiple of 16 octets (RFC 2548 section 2.4.1)
 * - `salted`: salt, and length and value in blocks of 16, RFC 2868 section 3.5, RFC 2548 section 2.4.2
 * - `tagged-salted`: a tag octet in clear in front of the same, RFC 2868 section 3.5
 * - `ascend`: 16 octets xor MD5(Request Authenticator, secret), as Ascend's servers do and FreeRADIUS writes
 */
export type Hiding = "password" | "salted" | "tagged-salted" | "ascend";

/** How the attributes of one vendor stand in a Vendor-Specific, and which of them are hidden. */
export interface VendorForm {
  /** Octets of the vendor type; behind it one octet of length that counts all of the header. */
  readonly typeBytes: 1 | 2;
  /** Whether an octet follows whose highest bit says that the value goes on in the next attribute (WiMAX). */
  readonly continuation: boolean;
  readonly hidden: ReadonlyMap<number, Hiding>;
  /** Attributes that hold attributes again, with what is hidden there. */
  readonly nested: ReadonlyMap<number, VendorForm>;
}

const NOTHING_NESTED: ReadonlyMap<number, VendorForm> = new Map();

/** Hidden attributes without a vendor; replies only, but for User-Password. */
const HIDDEN: ReadonlyMap<number, Hiding> = new Map([
  [AttributeType.TunnelPassword, "tagged-salted"],
  // Ascend-Send-Secret and Ascend-Receive-Secret, as old devices have them, without their vendor number.
  [214, "ascend"],
  [215, "ascend"],
]);

/** WiMAX: the DHCP root key within the parameters of a DHCP server. */
const WIMAX_DHCP_SERVER = formOf({ salted: [3] });

/**
 * The vendors that hide attributes, from the flags `encrypt` and `has_tag` and the forms of the dictionaries of FreeRADIUS
 * 3.2. A Vendor-Specific of any other vendor passes octet for octet.
 */
const VENDORS: ReadonlyMap<number, VendorForm> = new Map([
  // Motorola: mobility key of WiMAX.
  [161, formOf({ salted: [11] })],
  [
    VendorId.Microsoft,
    formOf({ password: [MicrosoftType.ChapMppeKeys], salted: [MicrosoftType.MppeSendKey, MicrosoftType.MppeRecvKey] }),
  ],
  // Ascend: Send-Secret, Receive-Secret.
  [529, formOf({ ascend: [214, 215] })],
  // Alcatel-Lucent AAA: Key-0 to Key-3.
  [831, formOf({ salted: [116, 117, 118, 119] })],
  // Lancom: local and remote password of IKEv2.
  [2356, formOf({ "tagged-salted": [19, 20] })],
  // Lucent: Send-Secret, Receive-Secret; the vendor type has two octets.
  [4846, formOf({ ascend: [214, 215] }, { typeBytes: 2 })],
  // ERX: action, handle, address and port of lawful interception.
  [4874, formOf({ salted: [58, 59, 60, 61] })],
  // 3GPP2: shared key of mobile node and home agent.
  [5535, formOf({ salted: [58] })],
  // Alcatel-Lucent service router: lawful interception, password of the APN.
  [6527, formOf({ salted: [122, 123, 124, 125, 138, 139, 142] })],
  // Aruba: passphrase of a wireless network.
  [14823, formOf({ salted: [44] })],
  [
    24757,
    formOf(
      { salted: [5, 10, 12, 14, 15, 19, 40, 66, 67, 70, 75, 131] },
      {
        continuation: true,
        nested: new Map([
          [86, WIMAX_DHCP_SERVER],
          [87, WIMAX_DHCP_SERVER],
        ]),
      },
    ),
  ],
  // Aerohive: data of a library's patron.
  [26928, formOf({ salted: [3] })],
]);

/** How the value of an attribute of a reply is hidden; undefined when it is not. Vendor-Specific: see `vendorForm`. */
export function hidingOf(type: number): Hiding | undefined {
  return HIDDEN.get(type);
}

/** The form of a vendor that hides attributes; undefined for a vendor that hides none. */
export function vendorForm(vendorId: number): VendorForm | undefined {
  return VENDORS.get(vendorId);
}

function formOf(
  types: Readonly<Partial<Record<Hiding, readonly number[]>>>,
  form: Partial<Omit<VendorForm, "hidden">> = {},
): VendorForm {
  const hidden = new Map<number, Hiding>();
  for (const [hiding, numbers] of Object.entries(types)) {
    for (const number of numbers) {
      hidden.set(number, hiding as Hiding);
    }
  }
  return { typeBytes: 1, continuation: false, nested: NOTHING_NESTED, ...form, hidden };
}
