import type { Sealer } from "@portcullis/kit";
import { clientSecretPlace } from "@portcullis/login";
import { Accounting, type ClientChanged, PasswordCharset } from "@portcullis/proto";
import { MAX_SECRET_BYTES, SharedSecret } from "@portcullis/radius";
import type { ClientRules } from "../../domain/access-request.js";
import { parsePrefix } from "../ipaddr/parse-address.js";
import type { RadiusClient } from "../radius/radius-client.js";
import { certificateNameOf } from "../tls/certificate-names.js";

/** Of a record that an older portal has made; the same as the configuration's default. */
const DEFAULT_REQUESTS_PER_SECOND = 2_000;

/**
 * A client out of its event. What cannot be read in it (an address, a secret that was not sealed for this client) is left
 * out and counted; the client itself stays, so that its addresses never fall to another client with a shorter prefix.
 */
export function clientOf(state: ClientChanged, sealer: Sealer): { client: RadiusClient; unreadable: number } {
  const prefixes = state.addresses.map(parsePrefix).filter((prefix) => prefix !== undefined);
  const certificates = state.certificates.map(certificateNameOf).filter((name) => name !== undefined);
  const place = clientSecretPlace(state.name);
  const secrets = state.sealedSecrets
    .map((sealed) => sealer.open(sealed, place))
    .filter((secret) => secret !== undefined)
    .filter(({ length }) => length > 0 && length <= MAX_SECRET_BYTES)
    .map((secret) => new SharedSecret(secret));
  const client: RadiusClient = {
    name: state.name,
    generation: state.generation,
    addresses: state.addresses,
    application: state.application,
    target: state.target,
    prefixes,
    secrets,
    requireMessageAuthenticator: state.requireMessageAuthenticator,
    limitProxyState: state.limitProxyState,
    timeLimitMs: state.timeLimitMs,
    maxExchanges: state.maxExchanges,
    maxRequestsPerSecond: state.maxRequestsPerSecond || DEFAULT_REQUESTS_PER_SECOND,
    forwards: state.forwards,
    openvpnStaticChallenge: state.openvpnStaticChallenge,
    downloadableAcls: state.downloadableAcls,
    passwordCharset: CHARSETS.get(state.passwordCharset) ?? "utf-8",
    ...appendedCodeOf(state),
    ...accountingOf(state),
    ...(certificates.length === 0 ? {} : { certificates }),
  };
  const unreadable =
    state.addresses.length -
    prefixes.length +
    (state.sealedSecrets.length - secrets.length) +
    (state.certificates.length - certificates.length);
  return { client, unreadable };
}

const CHARSETS: ReadonlyMap<PasswordCharset, ClientRules["passwordCharset"]> = new Map([
  [PasswordCharset.LATIN1, "latin1"],
  [PasswordCharset.WINDOWS_1252, "windows-1252"],
]);

function appendedCodeOf({ appendedCode }: ClientChanged): Pick<ClientRules, "appendedCode"> {
  if (appendedCode === undefined) return {};
  const { separator, digits } = appendedCode;
  return { appendedCode: separator === "" ? { digits } : { separator } };
}

function accountingOf({ accounting }: ClientChanged): Pick<RadiusClient, "accounting"> {
  if (accounting === Accounting.RECORD) return { accounting: "record" };
  return accounting === Accounting.FORWARD ? { accounting: "forward" } : {};
}
