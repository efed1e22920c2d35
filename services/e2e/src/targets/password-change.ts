import { randomBytes } from "node:crypto";
import { type Attribute, MicrosoftType, VendorId, vendorAttribute } from "@portcullis/radius";
import {
  authenticatorResponse,
  encryptNewPassword,
  encryptOldHash,
  type MsChapExchange,
  mppeSendKey,
  ntResponse,
} from "../harness/ms-chap.js";

const CODE = 7;
const IDENT = 9;
/** What fits into a Vendor-Specific beside code, ident and sequence number. */
const CHUNK_BYTES = 243;
const RESERVED = Buffer.alloc(8);

export interface PasswordChange {
  readonly attributes: readonly Attribute[];
  readonly ident: number;
  /** What the target's Accept has to hold, as only whoever knows the new password can compute it. */
  readonly success: string;
  /** In hexadecimal. */
  readonly sendKey: string;
}

/** A login with MS-CHAPv2, with a challenge of its own. RFC 2548 section 2.3.2. */
export function msChapLogin(userName: string, password: string): readonly Attribute[] {
  const exchange = newExchange(userName, password);
  const response = Buffer.concat([Buffer.of(IDENT, 0), exchange.peerChallenge, RESERVED, ntResponse(exchange)]);
  return [challengeOf(exchange), vendorAttribute(VendorId.Microsoft, MicrosoftType.Chap2Response, response)];
}

/** MS-CHAP2-CPW with the new password in several MS-CHAP-NT-Enc-PW. RFC 2548 sections 2.3.4 and 2.2.4. */
export function changePassword(userName: string, oldPassword: string, newPassword: string): PasswordChange {
  const exchange = newExchange(userName, newPassword);
  const change = Buffer.concat([
    Buffer.of(CODE, IDENT),
    encryptOldHash(oldPassword, newPassword),
    exchange.peerChallenge,
    RESERVED,
    ntResponse(exchange),
    Buffer.of(0, 0),
  ]);
  return {
    attributes: [
      challengeOf(exchange),
      vendorAttribute(VendorId.Microsoft, MicrosoftType.Chap2ChangePassword, change),
      ...chunks(encryptNewPassword(oldPassword, newPassword, randomBytes(512))),
    ],
    ident: IDENT,
    success: authenticatorResponse(exchange),
    sendKey: mppeSendKey(exchange).toString("hex"),
  };
}

function newExchange(userName: string, password: string): MsChapExchange {
  return { userName, password, challenge: randomBytes(16), peerChallenge: randomBytes(16) };
}

function challengeOf({ challenge }: MsChapExchange): Attribute {
  return vendorAttribute(VendorId.Microsoft, MicrosoftType.ChapChallenge, challenge);
}

/** Code 6, ident, and a sequence number of two octets, in front of each part. */
function chunks(encrypted: Buffer): Attribute[] {
  return Array.from({ length: Math.ceil(encrypted.length / CHUNK_BYTES) }, (_, index) => {
    const part = encrypted.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
    const value = Buffer.concat([Buffer.of(MicrosoftType.ChapNtEncryptedPassword, IDENT, 0, index + 1), part]);
    return vendorAttribute(VendorId.Microsoft, MicrosoftType.ChapNtEncryptedPassword, value);
  });
}
