import type { Configuration, RadiusTargetEntry, TargetServerEntry } from "@portcullis/configuration";
import { Code, type ExchangeResult, isExchangeFailed, RadiusClient, SharedSecret } from "@portcullis/radius";
import type { Check, Finding } from "../check.js";
import { exchangeTrouble } from "../exchange-trouble.js";
import { radiusTargetsOf } from "../radius-targets.js";
import { count, listOf, placeOf } from "../words.js";

/** Status-Server is sent so often to a server, this far apart. */
const TRIES = 3;
const INTERVAL_MS = 1_500;
/** Servers that are asked; each takes a socket. */
const MAX_SERVERS = 200;
/** A server that needs longer for a Status-Server is far away or busy. */
const SLOW_MS = 500;

/** Where first factors are checked: who uses which target, and whether the servers answer. RFC 5997. */
export const targetsCheck: Check = {
  name: "targets",
  run: async ({ loaded }) => {
    if (!loaded.ok) return [];
    const configuration = loaded.value;
    const servers = radiusTargetsOf(configuration.targets).flatMap((target) =>
      target.servers.map((server) => ({ target, server })),
    );
    const asked = servers.slice(0, MAX_SERVERS);
    const answers = await Promise.all(asked.map(({ target, server }) => askServer(target, server)));
    return [...localFindings(configuration), ...unusedFindings(configuration), ...answers];
  },
};

/** Targets without a server to ask. */
function localFindings({ targets, users, usersFile }: Configuration): Finding[] {
  const namesOf = (type: string): string[] => targets.filter((target) => target.type === type).map(({ name }) => name);
  const local = namesOf("local");
  const none = namesOf("none");
  const withoutUsers = local.length > 0 && users.length === 0 && usersFile === undefined;
  const todo = "Add users, or usersFile, to the configuration.";
  return [
    ...(withoutUsers
      ? [{ level: "warning" as const, what: `${listOf(local)} checks the file's users, and there are none.`, todo }]
      : ok(local, "checks the passwords of the file's users")),
    ...ok(none, "trusts the client to have checked the first factor"),
  ];
}

function ok(names: readonly string[], what: string): Finding[] {
  return names.length === 0 ? [] : [{ level: "ok", what: `${listOf(names)} ${what}.` }];
}

function unusedFindings({ clients, targets }: Configuration): Finding[] {
  const used = new Set(clients.map(({ target }) => target));
  const unused = targets.map(({ name }) => name).filter((name) => !used.has(name));
  if (unused.length === 0) return [];
  const what = `${count(unused.length, "target")} without a client: ${listOf(unused)}.`;
  return [{ level: "hint", what, todo: "Let a client name it as its target, or take it out." }];
}

async function askServer({ name }: RadiusTargetEntry, server: TargetServerEntry): Promise<Finding> {
  const client = new RadiusClient({
    host: server.address,
    port: server.port,
    secret: new SharedSecret(server.secret.reveal()),
    // Whether the reply is signed is a finding of its own.
    requireMessageAuthenticator: false,
    intervalMs: INTERVAL_MS,
    tries: TRIES,
    giveUpWhenUnreachable: true,
  });
  const result = await client.send({ code: Code.StatusServer });
  return serverFinding(result, { target: name, server });
}

export function serverFinding(
  result: ExchangeResult,
  { target, server }: { readonly target: string; readonly server: TargetServerEntry },
): Finding {
  const place = placeOf(server.address, server.port);
  if (isExchangeFailed(result)) return exchangeTrouble(result, `${place} (${target})`) ?? silence(place, target);
  const { packet, attempts, elapsedMs } = result;
  const time = `${elapsedMs.toFixed(1)} ms`;
  const { requireMessageAuthenticator } = server;
  if (!packet.hasMessageAuthenticator) {
    return {
      level: requireMessageAuthenticator === "yes" ? "error" : "warning",
      what: `${place} (${target}) answers in ${time}, without Message-Authenticator.`,
      why:
        requireMessageAuthenticator === "yes"
          ? "Its replies are required to have one, so none of them is taken."
          : "Who is on the path can turn its reject into an accept (BlastRADIUS).",
      todo: "Update that server; then set requireMessageAuthenticator of it to yes.",
    };
  }
  if (attempts > 1 || elapsedMs > SLOW_MS) {
    const what = `${place} (${target}) answers, but only after ${time}, to packet ${attempts}.`;
    return { level: "warning", what, todo: "Look at its load, and for packets lost on the way." };
  }
  return { level: "ok", what: `${place} (${target}) answers Status-Server in ${time}.` };
}

function silence(place: string, target: string): Finding {
  return {
    level: "warning",
    what: `${place} (${target}) does not answer Status-Server.`,
    why: "A RADIUS server is silent to a machine that it does not know as its client, to a wrong secret, behind a firewall, and where it does not know Status-Server (NPS does not).",
    todo: "Is this machine in its list of clients, with this secret? A test login tells: portcullis doctor --login USER --client NAME.",
  };
}
