import { isIP } from "node:net";

const MAX_CERTIFICATE_LENGTH = 1_024;
const DNS_NAME = /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*$/;
/** RFC 5280 section 4.1.2.2: a serial number has at most 20 octets. */
const BY_ISSUER = /^serial:[0-9A-Fa-f]{1,40} issuer:[A-Za-z0-9.]+ ?=.+$/;

/** How the certificate of a client over TLS is told: a name in it, or its serial number and issuer. */
export function checkCertificate(text: string): string | undefined {
  if (text.length > MAX_CERTIFICATE_LENGTH) return `must be at most ${MAX_CERTIFICATE_LENGTH} characters long`;
  if (text.includes("*")) return "must not have a wildcard: whoever has a certificate for it would be this client";
  if (isIP(text) !== 0 || BY_ISSUER.test(text)) return undefined;
  // Four numbers with dots that are no address are no name either.
  if (DNS_NAME.test(text) && !/^[0-9.]+$/.test(text)) return undefined;
  return 'must be a DNS name, an IP address, or "serial:HEX issuer:NAME", such as "serial:4F2A issuer:CN=Our CA,O=Corp"';
}
