import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import type { ListenEntry } from "@portcullis/configuration";
import type { Check, DoctorContext, Finding } from "../check.js";
import { count, placeOf } from "../words.js";

/** What a listener of RADIUS/TLS shows, and whom it trusts. */
interface TlsPlaces {
  /** The listener. */
  readonly place: string;
  readonly certificate: string;
  readonly key: string | { readonly fromEnv: string };
  readonly ca: string;
}

/** The texts of one listener. */
export interface TlsTexts {
  readonly place: string;
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

const DAY_MS = 86_400_000;
const SOON_MS = 30 * DAY_MS;
/** Of one file; whoever trusts more than this trusts everybody. */
const MAX_CERTIFICATES = 200;
/** Extended key usage. RFC 5280 section 4.2.1.12. */
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const PEM = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const REPLACE = "Put a new one in its place; the listener takes it over with portcullis reload.";

/** The certificates of listeners of RADIUS/TLS: what a client would refuse, before it does. */
export const certificatesCheck: Check = {
  name: "certificates",
  run: async (context) => {
    const found = await Promise.all(tlsPlacesOf(context).map((places) => findingsOf(places, context)));
    return found.flat();
  },
};

/** Of the file, or in the distributed mode of the gateway's environment. */
function tlsPlacesOf({ loaded, settings }: DoctorContext): TlsPlaces[] {
  if (settings.PORTCULLIS_KAFKA_BROKERS === undefined) {
    return loaded.ok ? loaded.value.radius.listen.flatMap(placesOfEntry) : [];
  }
  const listeners = settings.PORTCULLIS_RADIUS_TLS_LISTEN;
  if (listeners.length === 0) return [];
  const {
    PORTCULLIS_RADIUS_TLS_CERTIFICATE_FILE: certificate = "",
    PORTCULLIS_RADIUS_TLS_KEY_FILE: key = "",
    PORTCULLIS_RADIUS_TLS_CA_FILE: ca = "",
  } = settings;
  // All have the same files.
  const place = listeners.map(({ address, port }) => placeOf(address, port)).join(", ");
  return [{ place, certificate, key, ca }];
}

function placesOfEntry(entry: ListenEntry): TlsPlaces[] {
  return "tls" in entry ? [{ place: placeOf(entry.address, entry.tlsPort), ...entry.tls }] : [];
}

async function findingsOf({ place, certificate, key, ca }: TlsPlaces, { env }: DoctorContext): Promise<Finding[]> {
  const read = await Promise.all([
    textOf(certificate),
    typeof key === "string" ? textOf(key) : variableOf(key.fromEnv, env),
    textOf(ca),
  ]);
  const troubles = read.filter((one) => typeof one !== "string");
  if (troubles.length > 0) return troubles.map((trouble) => ({ ...trouble, what: `${place}: ${trouble.what}` }));
  const [certificateText, keyText, caText] = read as [string, string, string];
  return certificateFindings({ place, certificate: certificateText, key: keyText, ca: caText }, Date.now());
}

async function textOf(path: string): Promise<string | Finding> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "UNKNOWN";
    const todo =
      "Is the path right, and may the user that runs the gateway read it? Without it the gateway does not start.";
    return { level: "error", what: `${path || "a file of its TLS settings"} cannot be read (${code}).`, todo };
  }
}

function variableOf(name: string, env: DoctorContext["env"]): string | Finding {
  return env?.[name] ?? { level: "error", what: `the environment variable ${name}, its key, is not set here.` };
}

/** @param nowMs on this machine's clock */
export function certificateFindings({ place, certificate, key, ca }: TlsTexts, nowMs: number): Finding[] {
  const chain = certificatesIn(certificate);
  const trusted = certificatesIn(ca);
  const own = chain?.[0];
  if (chain === undefined || own === undefined) return [unreadable(place, "The certificate")];
  if (trusted === undefined || trusted.length === 0) return [unreadable(place, "The file of trusted authorities (ca)")];
  const wrong = keyFinding({ place, certificate, key, ca }, own);
  if (wrong !== undefined) return [wrong];
  const found = [
    ...timeFindings(place, chain, nowMs),
    ...useFindings(place, own),
    ...trustedFindings(place, trusted, nowMs),
  ];
  if (found.length > 0) return found;
  return [{ level: "ok", what: `The certificate of ${place} fits its key and is good until ${dayOf(own)}.` }];
}

function certificatesIn(text: string): X509Certificate[] | undefined {
  try {
    return (text.match(PEM) ?? []).slice(0, MAX_CERTIFICATES).map((pem) => new X509Certificate(pem));
  } catch {
    return undefined; // Which is what the caller says of it; OpenSSL's own words help nobody.
  }
}

function unreadable(place: string, what: string): Finding {
  const todo = "It must be PEM: lines between BEGIN CERTIFICATE and END CERTIFICATE.";
  return { level: "error", what: `${what} of ${place} holds no certificate that can be read.`, todo };
}

function keyFinding({ place, certificate, key, ca }: TlsTexts, own: X509Certificate): Finding | undefined {
  try {
    if (!own.checkPrivateKey(createPrivateKey(key))) {
      const todo = "Take the key that the certificate was requested with, and the certificate first in its file.";
      return { level: "error", what: `The key of ${place} is another one than its certificate's.`, todo };
    }
  } catch {
    const todo = "It must be PEM, and not encrypted: nobody is there to type a passphrase.";
    return { level: "error", what: `The key of ${place} cannot be read.`, todo };
  }
  try {
    createSecureContext({ cert: certificate, key, ca, minVersion: "TLSv1.2" });
    return undefined;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    const todo = "Make a new key (EC P-256, or RSA with 2048 bits or more) and have a certificate issued for it.";
    return { level: "error", what: `Certificate and key of ${place} are refused by TLS (${code}).`, todo };
  }
}

/** The gateway's own and those between it and its root. */
function timeFindings(place: string, chain: readonly X509Certificate[], nowMs: number): Finding[] {
  return chain.flatMap((one, at): Finding[] => {
    const which = at === 0 ? `The certificate of ${place}` : `The intermediate certificate ${at} of ${place}`;
    if (nowMs < one.validFromDate.getTime()) {
      const todo = "Look at this machine's clock, or wait.";
      return [{ level: "error", what: `${which} is not valid before ${one.validFromDate.toISOString()}.`, todo }];
    }
    const leftMs = one.validToDate.getTime() - nowMs;
    if (leftMs <= 0)
      return [{ level: "error", what: `${which} expired on ${dayOf(one)}: no client connects.`, todo: REPLACE }];
    if (leftMs > SOON_MS) return [];
    const left = count(Math.floor(leftMs / DAY_MS), "day");
    return [{ level: "warning", what: `${which} expires on ${dayOf(one)}, in ${left}.`, todo: REPLACE }];
  });
}

function useFindings(place: string, own: X509Certificate): Finding[] {
  const found: Finding[] = [];
  // Without the extension any use is allowed.
  const uses: readonly string[] | undefined = own.keyUsage;
  if (uses !== undefined && !uses.includes(SERVER_AUTH)) {
    const todo = "Have it issued again for TLS Web Server Authentication (extendedKeyUsage serverAuth).";
    found.push({ level: "error", what: `The certificate of ${place} is not for servers: clients refuse it.`, todo });
  }
  if (own.subjectAltName === undefined) {
    found.push({
      level: "warning",
      what: `The certificate of ${place} has no subjectAltName.`,
      why: "Clients that check the name look there and nowhere else (RFC 9525).",
      todo: "Have it issued again with the names, or addresses, under which clients know the gateway.",
    });
  }
  return found;
}

/** One of several that has expired is a rest; when all have, nobody can connect. */
function trustedFindings(place: string, trusted: readonly X509Certificate[], nowMs: number): Finding[] {
  const expired = trusted.filter((one) => one.validToDate.getTime() <= nowMs);
  if (expired.length === 0) return [];
  const level = expired.length === trusted.length ? "error" : "warning";
  const what = `${count(expired.length, "certificate")} of ${trusted.length} that ${place} trusts (ca) expired.`;
  return [{ level, what, todo: "Put the authority's new certificate into that file; take the old one out." }];
}

const dayOf = ({ validToDate }: X509Certificate): string => validToDate.toISOString().slice(0, 10);
