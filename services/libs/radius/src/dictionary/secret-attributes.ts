import { AttributeType, MicrosoftType, VendorId } from "../attributes.js";

/**
 * Attributes whose value is a secret, or from which one can be guessed: passwords, responses to challenges, keys, and EAP,
 * which may carry any of them. Those hidden with the shared secret are from FreeRADIUS' dictionaries (`encrypt=`).
 */
const SECRET_TYPES: ReadonlySet<number> = new Set([
  AttributeType.UserPassword,
  AttributeType.ChapPassword,
  AttributeType.TunnelPassword,
  AttributeType.ArapPassword,
  AttributeType.ArapChallengeResponse,
  AttributeType.ArapSecurityData,
  AttributeType.EapMessage,
  // Ascend-Send-Secret and Ascend-Receive-Secret, which old devices send without their vendor number.
  214,
  215,
]);

const SECRET_VENDOR_TYPES: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  [
    VendorId.Microsoft,
    new Set<number>([
      MicrosoftType.ChapResponse,
      MicrosoftType.ChapChangePassword1,
      MicrosoftType.ChapChangePassword2,
      MicrosoftType.ChapLmEncryptedPassword,
      MicrosoftType.ChapNtEncryptedPassword,
      MicrosoftType.ChapMppeKeys,
      MicrosoftType.MppeSendKey,
      MicrosoftType.MppeRecvKey,
      MicrosoftType.OldArapPassword,
      MicrosoftType.NewArapPassword,
      MicrosoftType.Chap2Response,
      MicrosoftType.Chap2Success,
      MicrosoftType.Chap2ChangePassword,
    ]),
  ],
  // Motorola: mobility key. ALU-AAA: keys. Lancom: IKEv2 passwords. Aerohive: data of a library's patron.
  [161, new Set([11])],
  [831, new Set([116, 117, 118, 119])],
  [2356, new Set([19, 20])],
  [26928, new Set([3])],
  // Ascend and Lucent: Send-Secret, Receive-Secret.
  [529, new Set([214, 215])],
  [4846, new Set([214, 215])],
  // ERX: what lawful interception uses.
  [4874, new Set([58, 59, 60, 61])],
  // 3GPP2: MN-HA shared key.
  [5535, new Set([58])],
  // Alcatel-Lucent: interception and the APN's password.
  [6527, new Set([122, 123, 124, 125, 138, 139, 142])],
  // Aruba: passphrase of a wireless network.
  [14823, new Set([44])],
  // WiMAX: session and mobility keys, and the blocks that hold the DHCP root keys.
  [24757, new Set([5, 10, 12, 14, 15, 19, 40, 66, 67, 70, 75, 86, 87, 131])],
]);

/** Whether the value of an attribute must never be printed. */
export function isSecretType(type: number): boolean {
  return SECRET_TYPES.has(type);
}

/** Whether the value of a vendor's attribute must never be printed. */
export function isSecretVendorType(vendorId: number, vendorType: number): boolean {
  return SECRET_VENDOR_TYPES.get(vendorId)?.has(vendorType) === true;
}

/** Whether a vendor has secret attributes at all, so that one whose form we cannot read must not be printed either. */
export function hasSecretTypes(vendorId: number): boolean {
  return SECRET_VENDOR_TYPES.has(vendorId);
}
