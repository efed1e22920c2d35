import type { Finding } from "./check.js";

/** What the network's codes mean, as a sentence about the place, and what to do next. */
const BY_CODE: Readonly<Record<string, readonly [what: (place: string) => string, todo: string]>> = {
  ECONNREFUSED: [(place) => `Nothing listens at ${place}.`, "Is it running there, and is the port right?"],
  ENOTFOUND: [
    (place) => `The name in ${place} is not known.`,
    "Is it written right, and does this machine's DNS know it?",
  ],
  EAI_AGAIN: [(place) => `The name in ${place} could not be looked up.`, "Does DNS answer on this machine?"],
  EHOSTUNREACH: [(place) => `There is no way to ${place}.`, "Look at the routes and firewalls between."],
  ENETUNREACH: [(place) => `There is no way to ${place}.`, "Look at the routes and firewalls between."],
  ECONNRESET: [(place) => `${place} closed the connection.`, "Does it expect TLS, or not allow this machine?"],
};
const CODE = /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ECONNRESET)\b/;

/** A service that can't be reached, in one sentence with the next step. Nothing of the error's own text is shown. */
export function unreachable(service: string, place: string, error: unknown): Finding {
  const known = BY_CODE[codeOf(error)];
  const what = known?.[0](place) ?? `Nothing at ${place} answered in time as ${service} does.`;
  const todo = known?.[1] ?? "Is it running there, and does every firewall between let this machine through?";
  return { level: "error", what, todo };
}

/** Some drivers leave the code in the message only. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const code = "code" in error ? String(error.code) : "";
  return code in BY_CODE ? code : (CODE.exec(error.message)?.[1] ?? "");
}

/** Host and port of a URL: what may be shown of one that carries a password. */
export function placeOfUrl(url: string, defaultPort: number): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === "" ? defaultPort : port}`;
}
