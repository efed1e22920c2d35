import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { canonicalAddress } from "../ipaddr/parse-address.js";

/** An entry of subjectAltName as the system prints it; one in quotes has strange characters and is no name of ours. */
const SAN_ENTRY = /(?:^|, )(DNS|IP Address):([^",\s]+)(?=, |$)/g;
const QUOTED = /"(?:[^"\\]|\\.)*"/g;
const BY_ISSUER = /^serial:([0-9a-f]{1,40}) issuer:(.+)$/i;
/** Where the next part of a distinguished name begins: a comma, or a plus, and a key. */
const NEXT_PART = /\s*[,+\n]\s*(?=[A-Za-z0-9.]+\s*=)/;
const LEADING_ZEROS = /^0+(?=.)/;

/**
 * The name of a certificate as the configuration writes it: `vpn.corp.example`, `192.0.2.7`, or
 * `serial:4F2A issuer:CN=Our CA,O=Corp`, whose parts may be in any order (tools differ).
 * @returns the name to look up, or undefined for what is none
 */
export function certificateNameOf(text: string): string | undefined {
  const [, serial, issuer] = BY_ISSUER.exec(text) ?? [];
  if (serial !== undefined && issuer !== undefined) return serialName(serial, issuer);
  if (isIP(text) !== 0) return `ip:${canonicalAddress(text)}`;
  return /^[a-z0-9_.-]{1,253}$/i.test(text) ? dnsName(text) : undefined;
}

/**
 * All names of a certificate, the most telling first: serial number and issuer, then its DNS names, then its addresses, in
 * the order of the certificate (RFC 6614 section 2.3). Its subject does not count.
 */
export function namesOfCertificate(certificate: X509Certificate): readonly string[] {
  const dns: string[] = [];
  const addresses: string[] = [];
  const alternatives = (certificate.subjectAltName ?? "").replaceAll(QUOTED, '""');
  for (const [, kind, value = ""] of alternatives.matchAll(SAN_ENTRY)) {
    if (kind === "DNS") dns.push(dnsName(value));
    else if (isIP(value) !== 0) addresses.push(`ip:${canonicalAddress(value)}`);
  }
  return [serialName(certificate.serialNumber, certificate.issuer), ...dns, ...addresses];
}

function dnsName(text: string): string {
  return `dns:${text.toLowerCase()}`;
}

function serialName(serial: string, issuer: string): string {
  const parts = issuer.split(NEXT_PART).map((part) => {
    const at = part.indexOf("=");
    const value = part.slice(at + 1).trim();
    return `${part.slice(0, at).trim().toUpperCase()}=${value.replaceAll(/\\(.)/g, "$1")}`;
  });
  return `serial:${serial.toUpperCase().replace(LEADING_ZEROS, "")} issuer:${JSON.stringify(parts.toSorted())}`;
}
