import type { Configuration, RadiusTargetEntry, TargetServerEntry } from "@portcullis/configuration";
import { Code, type ExchangeResult, isExchangeFailed, RadiusClient, SharedSecret } from "@portcullis/radius";
import type { Check, Finding } from "../check.js";
import { exchangeTrouble } from "../exchange-trouble.js";
import { radiusTargetsOf } from "../radius-targets.js";
import { listOf, placeOf } from "../words.js";

/** Status-Server is sent so often to a port, this far apart. */
const TRIES = 3;
const INTERVAL_MS = 1_500;
/** Servers that are asked; each takes a socket. */
const MAX_SERVERS = 200;

interface AskedServer {
  readonly server: TargetServerEntry;
  readonly target: string;
  /** Whose accounting goes there. */
  readonly clients: readonly string[];
}

/** The accounting ports of targets that get what clients tell of their sessions (`accounting: forward`). RFC 5997 section 3. */
export const accountingCheck: Check = {
  name: "accounting",
  run: async ({ loaded }) => {
    if (!loaded.ok) return [];
    return Promise.all(serversOf(loaded.value).slice(0, MAX_SERVERS).map(askServer));
  },
};

function serversOf({ clients, targets }: Configuration): AskedServer[] {
  const forwarding = clients.filter(({ accounting }) => accounting === "forward");
  return radiusTargetsOf(targets).flatMap(({ name, servers }: RadiusTargetEntry) => {
    const own = forwarding.filter(({ target }) => target === name).map((client) => client.name);
    return own.length === 0 ? [] : servers.map((server) => ({ server, target: name, clients: own }));
  });
}

async function askServer(asked: AskedServer): Promise<Finding> {
  const { address, accountingPort, secret } = asked.server;
  const client = new RadiusClient({
    host: address,
    port: accountingPort,
    secret: new SharedSecret(secret.reveal()),
    // A reply to accounting need not be signed: its Response Authenticator covers all of it, and it lets nobody in.
    requireMessageAuthenticator: false,
    intervalMs: INTERVAL_MS,
    tries: TRIES,
    giveUpWhenUnreachable: true,
  });
  return accountingFinding(await client.send({ code: Code.StatusServer }), asked);
}

/** No login fails for it, so nothing here is an error: clients keep their sessions' records and ask again. */
function accountingFinding(result: ExchangeResult, { server, target, clients }: AskedServer): Finding {
  const place = `${placeOf(server.address, server.accountingPort)} (accounting of ${target})`;
  if (!isExchangeFailed(result)) {
    return { level: "ok", what: `${place} answers Status-Server in ${result.elapsedMs.toFixed(1)} ms.` };
  }
  const trouble = exchangeTrouble(result, place);
  if (trouble !== undefined) return { ...trouble, level: "warning" };
  return {
    level: "warning",
    what: `${place} does not answer Status-Server: the accounting of ${listOf(clients)} may get no answer.`,
    why: "The server may have no accounting listener there, not know this machine as its client, or not know Status-Server (NPS does not).",
    todo: "In FreeRADIUS: a listen section of type acct on this port, and status_server = yes. Otherwise set accountingPort of the target, or accounting: record at the clients.",
  };
}
