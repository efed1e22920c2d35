import { Code } from "../attributes.js";
import { dictionaries } from "./radius-package.js";

const CODE_NAMES: Readonly<Record<number, string>> = {
  [Code.AccessRequest]: "Access-Request",
  [Code.AccessAccept]: "Access-Accept",
  [Code.AccessReject]: "Access-Reject",
  [Code.AccountingRequest]: "Accounting-Request",
  [Code.AccountingResponse]: "Accounting-Response",
  [Code.AccessChallenge]: "Access-Challenge",
  [Code.StatusServer]: "Status-Server",
  [Code.StatusClient]: "Status-Client",
  [Code.DisconnectRequest]: "Disconnect-Request",
  [Code.DisconnectAck]: "Disconnect-ACK",
  [Code.DisconnectNak]: "Disconnect-NAK",
  [Code.CoaRequest]: "CoA-Request",
  [Code.CoaAck]: "CoA-ACK",
  [Code.CoaNak]: "CoA-NAK",
  [Code.ProtocolError]: "Protocol-Error",
};

/** The RFC's name of a packet code, or `Code-<number>`. */
export function codeName(code: number): string {
  return CODE_NAMES[code] ?? `Code-${code}`;
}

/** The RFC's name of an attribute type, as "User-Name", or `Attr-<number>`. For printing only. */
export function attributeName(type: number): string {
  return dictionaries().attr_id_to_name(type) ?? `Attr-${type}`;
}

/** The name of a vendor's attribute, as "MS-CHAP-Error", or `Vendor-<number>-Attr-<number>`. For printing only. */
export function vendorAttributeName(vendorId: number, vendorType: number): string {
  return dictionaries().attr_id_to_name(vendorType, vendorId) ?? `Vendor-${vendorId}-Attr-${vendorType}`;
}
