import type { ClientCounts } from "./client-usage.js";
import type { RadiusClient } from "./radius-client.js";

/** How Message-Authenticator is switched on at those who can send it and often don't, and who can't. */
const SWITCH_ON =
  'NPS as a proxy: Remote RADIUS Server Groups, the server, Authentication/Accounting, "Request must contain the message authenticator attribute" (KB5040268). FreeRADIUS, FortiGate, pfSense and the like: update them. pam_radius_auth 2.0, libradcli and openvpn-auth-radius 2.1 never send one';

export const HINT_MISSING = `The client sends no Message-Authenticator. Switch it on there (${SWITCH_ON}); or set requireMessageAuthenticator: false for this client.`;

export const HINT_WRONG =
  "Wrong secret? The client's shared secret and the one in the configuration differ (look for blanks, quotes and line ends; during a rotation, list both under secrets), or something between changes packets, or somebody forges them.";

export const HINT_PROXY_STATE =
  "Proxy-State without Message-Authenticator is what BlastRADIUS looks like. Switch Message-Authenticator on at the proxy; or set limitProxyState: false for this client.";

export const HINT_NO_CREDENTIAL = `A request without a password and without Message-Authenticator proves nothing; RD Gateway sends such. Let the NPS in front of it add one (${SWITCH_ON}); or set requireMessageAuthenticator: false for this client.`;

/** What to write when the source is a client. */
export function hintForStranger(sourceAddress: string): string {
  return `Is it a client? Add to clients in the configuration, and it is in force within seconds: - { name: NAME, address: ${sourceAddress}, secret: { fromFile: FILE }, target: TARGET }`;
}

/** What the operator may do about a client, by what it sent so far. */
export function hintsFor(
  client: Pick<RadiusClient, "requireMessageAuthenticator" | "secrets">,
  counts: ClientCounts,
  secretUses: readonly (number | undefined)[],
): string[] {
  return [...signingHints(client.requireMessageAuthenticator, counts), ...rotationHints(secretUses)];
}

function* signingHints(required: boolean, counts: ClientCounts): Generator<string> {
  const { requests, signed, unsigned, droppedUnsigned, droppedWrongSecret } = counts;
  if (droppedUnsigned > 0) {
    yield required
      ? `${droppedUnsigned} requests dropped. ${HINT_MISSING}`
      : `${droppedUnsigned} requests dropped: they had EAP or Proxy-State and no Message-Authenticator. Switch it on there.`;
  }
  if (unsigned > 0) {
    yield `${unsigned} of ${requests} requests had no Message-Authenticator. Switch it on at the client (${SWITCH_ON}), then set requireMessageAuthenticator: true.`;
  } else if (!required && signed > 0) {
    yield "it signs all its requests: requireMessageAuthenticator: true would cost nothing.";
  }
  if (droppedWrongSecret > 0) yield `${droppedWrongSecret} requests dropped. ${HINT_WRONG}`;
}

/** Which of two secrets is still used: the operator takes the old one away when the client has the new one. */
function* rotationHints(secretUses: readonly (number | undefined)[]): Generator<string> {
  if (secretUses.length < 2) return;
  const texts = secretUses.map(
    (atMs, at) => `the ${PLACES[at]} ${atMs === undefined ? "never" : `last at ${new Date(atMs).toISOString()}`}`,
  );
  yield `two secrets: since the client was changed it used ${texts.join(", ")}. One that it uses no more can go.`;
}

/** Names of a client's secrets, in the order of the file. */
export const PLACES = ["first", "second"] as const;
