import { isIP } from "node:net";

const MAX_URL_LENGTH = 2_048;
const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*$/;
const LOOPBACK_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const MAX_HEADER_LENGTH = 4_096;

/** A host that we connect to: a DNS name or an address. */
export function checkHost(text: string): string | undefined {
  return isIP(text) !== 0 || HOST_NAME.test(text) ? undefined : "must be a host name, or an IPv4 or IPv6 address";
}

/** The address of an HTTP interface of somebody else's. */
export function checkServiceUrl(text: string): string | undefined {
  const url = parsed(text);
  if (url === undefined) return "must be a URL that begins with https:// or http://";
  if (url.username !== "" || url.password !== "") return "must not have a user or password: write them as a header";
  return url.hash === "" ? undefined : "must not have a # part, which is never sent";
}

/** Where others reach us: over TLS, except from this machine itself. */
export function checkPublicUrl(text: string): string | undefined {
  const wrong = checkServiceUrl(text);
  if (wrong !== undefined) return wrong;
  const url = new URL(text);
  if (url.search !== "") return "must not have a ? part: paths are appended to it";
  return url.protocol === "https:" || isLoopback(url) ? undefined : "must begin with https://";
}

/** Whether what goes there can be read on the way. */
export function isOpenUrl(text: string): boolean {
  const url = parsed(text);
  return url !== undefined && url.protocol === "http:" && !isLoopback(url);
}

/** Without the slash at its end, so that paths can be appended. */
export function canonicalUrl(text: string): string {
  return text.replace(/\/+$/, "");
}

/** Whoever answers for pushes of ours: RFC 8292 section 2.1. */
export function checkContactUrl(text: string): string | undefined {
  const right = /^mailto:[^\s@]+@[^\s@]+$/.test(text) || (parsed(text)?.protocol ?? "") === "https:";
  return right && text.length <= MAX_URL_LENGTH ? undefined : "must be mailto: and an address, or an https URL";
}

/** RFC 9110 section 5.1. */
export function checkHeaderName(text: string): string | undefined {
  return HEADER_NAME.test(text) ? undefined : "is not the name of an HTTP header";
}

/** A line break would begin another header. */
export function checkHeaderValue(text: string): string | undefined {
  if (text.length > MAX_HEADER_LENGTH) return `must be at most ${MAX_HEADER_LENGTH} characters long`;
  return /^[\t\x20-\x7e]*$/.test(text) ? undefined : "must be ASCII characters on one line";
}

function parsed(text: string): URL | undefined {
  if (text.length > MAX_URL_LENGTH || !/^https?:\/\/[^/]/.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text);
}

function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK_HOSTS.has(hostname);
}
