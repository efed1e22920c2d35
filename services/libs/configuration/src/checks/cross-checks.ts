import { loginNameOf } from "@portcullis/login";
import { type ConfigurationError, MAX_ERRORS } from "../configuration-error.js";
import { parseClientAddress } from "../values/client-address.js";
import { checkSerial, checkUserName, ENTRY_NAME } from "../values/value-rules.js";
import { type ContentPath, formatPath, listAt, textAt, valueAt } from "../yaml/content-path.js";
import type { SourceDocument } from "../yaml/source-document.js";
import { certificatesTwice } from "./client-certificates.js";
import type { Finding } from "./finding.js";
import { listenChoices, listenTwice } from "./listen-checks.js";
import { nearMatch } from "./near-match.js";
import { idlePolicies, manualMethods, missingClients } from "./policy-checks.js";
import { httpListenTwice, providersWithoutUrl } from "./section-checks.js";
import { accessListClients, accountingClients, targetChoices } from "./target-checks.js";
import { userChoices } from "./user-checks.js";

/**
 * What one key alone cannot show: either this or that, references, uniqueness. They look at the unchecked content and
 * skip what has the wrong shape, so that one mistyped key does not hide what else is wrong.
 */
export function crossChecks(source: SourceDocument): ConfigurationError[] {
  const { content } = source;
  const findings = [
    ...listenChoices(content),
    ...listenTwice(content),
    ...clientChoices(content),
    ...namesTwice(content, ["clients"], "client"),
    ...addressesTwice(content),
    ...certificatesTwice(content),
    ...missingTargets(content),
    ...namesTwice(content, ["targets"], "target"),
    ...targetChoices(content),
    ...accountingClients(content),
    ...accessListClients(content),
    ...namesTwice(content, ["policies"], "policy"),
    ...missingClients(content),
    ...idlePolicies(content),
    ...manualMethods(content),
    ...namesTwice(content, ["notifications", "providers"], "provider"),
    ...providersWithoutUrl(content),
    ...httpListenTwice(content),
    ...userChoices(content),
    ...loginNamesTwice(content),
    ...serialsTwice(content),
  ];
  return findings.slice(0, MAX_ERRORS).map(({ path, message }) => source.errorAt(path, message));
}

function* clientChoices(content: unknown): Generator<Finding> {
  for (const [at, client] of mappings(content, "clients")) {
    for (const [one, several] of [
      ["address", "addresses"],
      ["secret", "secrets"],
    ] as const) {
      const count = [one, several].filter((key) => valueAt(client, [key]) !== undefined).length;
      // A client of TLS is known by its certificate, and its secret is no secret.
      if (count === 0 && valueAt(client, ["tls"]) !== undefined) continue;
      const message =
        count === 0 ? `has neither ${one} nor ${several}` : `has both ${one} and ${several}: write only one of them`;
      if (count !== 1) yield { path: ["clients", at], message };
    }
  }
}

function* namesTwice(content: unknown, section: ContentPath, word: string): Generator<Finding> {
  const seen = new Map<string, ContentPath>();
  for (const at of listAt(content, section).keys()) {
    const path = [...section, at, "name"];
    const name = textAt(content, path);
    if (name === undefined || !ENTRY_NAME.test(name)) continue;
    const earlier = seen.get(name);
    if (earlier === undefined) seen.set(name, path);
    else yield { path, message: `there is already a ${word} "${name}", at ${formatPath(earlier.slice(0, -1))}` };
  }
}

function* addressesTwice(content: unknown): Generator<Finding> {
  const seen = new Map<string, number>();
  for (const { client, path, text } of clientAddresses(content)) {
    const parsed = parseClientAddress(text);
    if (!parsed.ok) continue;
    const earlier = seen.get(parsed.value);
    if (earlier === undefined) seen.set(parsed.value, client);
    else if (earlier === client) yield { path, message: `${parsed.value} stands here twice` };
    else {
      const both = `${clientLabel(content, earlier)} and ${clientLabel(content, client)}`;
      yield { path, message: `${parsed.value} is an address of two clients: ${both}` };
    }
  }
}

function* clientAddresses(content: unknown): Generator<{ client: number; path: ContentPath; text: string }> {
  for (const client of listAt(content, ["clients"]).keys()) {
    const several = ["clients", client, "addresses"];
    const paths = [
      ["clients", client, "address"],
      ...[...listAt(content, several).keys()].map((at) => [...several, at]),
    ];
    for (const path of paths) {
      const text = textAt(content, path);
      if (text !== undefined) yield { client, path, text };
    }
  }
}

function clientLabel(content: unknown, client: number): string {
  const name = textAt(content, ["clients", client, "name"]);
  return name !== undefined && ENTRY_NAME.test(name) ? `"${name}"` : `clients[${client}]`;
}

function* missingTargets(content: unknown): Generator<Finding> {
  const names = new Set<string>();
  for (const [, target] of mappings(content, "targets")) {
    const name = textAt(target, ["name"]);
    if (name !== undefined) names.add(name);
  }
  for (const at of listAt(content, ["clients"]).keys()) {
    const path = ["clients", at, "target"];
    const target = textAt(content, path);
    if (target === undefined || !ENTRY_NAME.test(target) || names.has(target)) continue;
    const near = nearMatch(target, names);
    const hint = near === undefined ? "" : `, did you mean "${near}"?`;
    yield { path, message: `there is no target "${target}"${hint}` };
  }
}

function* loginNamesTwice(content: unknown): Generator<Finding> {
  const seen = new Map<string, string>();
  for (const at of listAt(content, ["users"]).keys()) {
    const path = ["users", at, "name"];
    const name = textAt(content, path);
    if (name === undefined || checkUserName(name) !== undefined) continue;
    const loginName = loginNameOf(name);
    const earlier = seen.get(loginName);
    if (earlier === undefined) seen.set(loginName, name);
    else yield { path, message: sameLoginName(name, earlier, loginName) };
  }
}

function sameLoginName(name: string, earlier: string, loginName: string): string {
  return `${JSON.stringify(name)} and ${JSON.stringify(earlier)} are one user: both sign in as ${JSON.stringify(loginName)}`;
}

function* serialsTwice(content: unknown): Generator<Finding> {
  const seen = new Set<string>();
  for (const user of listAt(content, ["users"]).keys()) {
    for (const at of listAt(content, ["users", user, "tokens"]).keys()) {
      const path = ["users", user, "tokens", at, "serial"];
      const serial = textAt(content, path);
      if (serial === undefined || checkSerial(serial) !== undefined) continue;
      if (seen.has(serial)) yield { path, message: sameSerial(serial) };
      seen.add(serial);
    }
  }
}

function sameSerial(serial: string): string {
  return `there is already a token with the serial ${JSON.stringify(serial)}`;
}

/** The entries of a section that are mappings, with their index. */
function* mappings(content: unknown, section: string): Generator<[number, object]> {
  for (const [at, entry] of listAt(content, [section]).entries()) {
    if (typeof entry === "object" && entry !== null && !Array.isArray(entry)) yield [at, entry];
  }
}
