import type { ClientEntry, TargetEntry } from "@portcullis/configuration";
import type { Check, Finding } from "../check.js";
import { listOf } from "../words.js";

/** Networks with more addresses than these hardly hold only RADIUS clients. */
const WIDE_IPV4_BITS = 16;
const WIDE_IPV6_BITS = 48;

/** What is judged of a client. */
export type JudgedClient = Pick<
  ClientEntry,
  | "name"
  | "addresses"
  | "target"
  | "mfa"
  | "methods"
  | "requireUserMatch"
  | "requireMessageAuthenticator"
  | "limitProxyState"
>;

interface Question {
  readonly isTrue: (client: JudgedClient, targetType: string) => boolean;
  /** What follows the names; with the verb for one, or for several. */
  readonly what: readonly [one: string, several: string];
  readonly finding: Omit<Finding, "what">;
}

const SIGN_HINT =
  "Let the device send it, then set requireMessageAuthenticator to true. NPS: on the remote RADIUS server of its group, tab Authentication/Accounting, " +
  '"Request must contain the message authenticator attribute". Cisco ASA, FortiGate, NetScaler: a release from after July 2024. pam_radius: 3.0 or newer. ' +
  "FreeRADIUS as proxy: require_message_authenticator = yes for the home server.";

/** What a client is allowed that it had better not be. */
const QUESTIONS: readonly Question[] = [
  {
    isTrue: ({ mfa }, targetType) => !mfa && targetType === "none",
    what: ["accepts everyone", "accept everyone"],
    finding: {
      level: "error",
      why: "mfa is off and the target is of type none, so neither factor is checked.",
      todo: "Switch mfa on, or choose a target that checks a password.",
    },
  },
  {
    isTrue: ({ addresses }) => addresses.some(isWide),
    what: ["takes packets from a very wide network", "take packets from very wide networks"],
    finding: {
      level: "warning",
      why: "Every machine in it may try the shared secret, and logins.",
      todo: "Name the addresses of the devices (addresses), or their own small network.",
    },
  },
  {
    isTrue: ({ requireMessageAuthenticator, limitProxyState }) => !requireMessageAuthenticator && !limitProxyState,
    what: [
      "may send requests without Message-Authenticator, with Proxy-State too",
      "may send requests without Message-Authenticator, with Proxy-State too",
    ],
    finding: {
      level: "warning",
      why: "That is the door of BlastRADIUS (CVE-2024-3596): who is on the path can turn a reject into an accept.",
      todo: `Set limitProxyState to true; only an old proxy needs it off. ${SIGN_HINT}`,
    },
  },
  {
    isTrue: ({ requireMessageAuthenticator, limitProxyState }) => !requireMessageAuthenticator && limitProxyState,
    what: ["may send requests without Message-Authenticator", "may send requests without Message-Authenticator"],
    finding: {
      level: "warning",
      why: "The known forgery (BlastRADIUS) is refused by limitProxyState; a signed request leaves no room for the next one.",
      todo: SIGN_HINT,
    },
  },
  {
    isTrue: ({ mfa, methods }) => mfa !== false && methods.includes("manual"),
    what: ["has the method manual", "have the method manual"],
    finding: {
      level: "warning",
      why: "It is for trying: whoever may answer on this machine lets everybody in.",
      todo: "Take manual out of methods before it serves people.",
    },
  },
  {
    isTrue: ({ mfa }, targetType) => !mfa && targetType !== "none",
    what: ["has the second factor off", "have the second factor off"],
    finding: { level: "hint", why: "A password alone lets in.", todo: "Set mfa to true, unless this is meant." },
  },
  {
    isTrue: ({ mfa, requireUserMatch }) => mfa && !requireUserMatch,
    what: ["lets users without a factor in by the first one", "let users without a factor in by the first one"],
    finding: { level: "hint", why: "requireUserMatch is off.", todo: "Set it to true when everybody has a token." },
  },
];

export const clientsCheck: Check = {
  name: "clients",
  run: async ({ loaded }) => (loaded.ok ? clientFindings(loaded.value.clients, loaded.value.targets) : []),
};

export function clientFindings(clients: readonly JudgedClient[], targets: readonly TargetEntry[]): Finding[] {
  if (clients.length === 0) {
    const what = "There are no clients: every packet is discarded.";
    return [{ level: "warning", what, todo: "Add the devices that ask to clients in the configuration." }];
  }
  const types = new Map<string, string>(targets.map(({ name, type }) => [name, type]));
  const found = QUESTIONS.flatMap(({ isTrue, what, finding }) => {
    const names = clients.filter((client) => isTrue(client, types.get(client.target) ?? "")).map(({ name }) => name);
    if (names.length === 0) return [];
    return [{ ...finding, what: `${listOf(names)} ${names.length === 1 ? what[0] : what[1]}.` }];
  });
  return found.length > 0 ? found : [{ level: "ok", what: "All ask for both factors, and sign their requests." }];
}

/** @param network canonical CIDR */
function isWide(network: string): boolean {
  const bits = Number(network.slice(network.indexOf("/") + 1));
  return bits < (network.includes(":") ? WIDE_IPV6_BITS : WIDE_IPV4_BITS);
}
