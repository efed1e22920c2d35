import {
  authenticatorResponse,
  decryptNewPassword,
  encryptOldHash,
  type MsChapExchange,
  mppeSendKey,
  ntResponse,
} from "../harness/ms-chap.js";

/** In front of each part of the encrypted password: code, ident, sequence number. RFC 2548 section 2.2.4. */
const PART_HEADER_BYTES = 4;

/** What FreeRADIUS runs for an MS-CHAP2-CPW: prints the reply's attributes, or ends with 1 for a reject. See `startFreeradius`. */
function changePassword([userName = "", oldPassword = "", ...octets]: readonly string[]): string | undefined {
  const [challenge, change, ...parts] = octets.map((text) => Buffer.from(text.replace(/^0x/, ""), "hex"));
  if (challenge === undefined || change === undefined || !isNumbered(parts)) return undefined;
  const encrypted = Buffer.concat(parts.map((part) => part.subarray(PART_HEADER_BYTES)));
  const password = decryptNewPassword(oldPassword, encrypted);
  const exchange: MsChapExchange = { userName, password, challenge, peerChallenge: change.subarray(18, 34) };
  const proven =
    change.subarray(2, 18).equals(encryptOldHash(oldPassword, password)) &&
    change.subarray(42, 66).equals(ntResponse(exchange));
  if (!proven) return undefined;
  const success = Buffer.concat([change.subarray(1, 2), Buffer.from(authenticatorResponse(exchange))]);
  return [
    `MS-CHAP2-Success = 0x${success.toString("hex")}`,
    `MS-MPPE-Send-Key = 0x${mppeSendKey(exchange).toString("hex")}`,
    `Reply-Message = "Changed to ${password}"`,
  ].join(",\n");
}

function isNumbered(parts: readonly Buffer[]): boolean {
  return parts.every((part, index) => part.length > PART_HEADER_BYTES && part.readUInt16BE(2) === index + 1);
}

const reply = changePassword(process.argv.slice(2));
if (reply === undefined) process.exitCode = 1;
else process.stdout.write(`${reply}\n`);
