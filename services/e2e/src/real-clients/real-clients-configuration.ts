import { tokenSecretOf } from "../harness/test-configuration.js";

/** Clients of these tests, told apart by the loopback address they send from. None of their programs signs a request. */
export const CLIENTS = {
  pam: { address: "127.0.4.1", secret: "pam-shared-secret" },
  /** The same module, where a signature is required. */
  pamStrict: { address: "127.0.4.2", secret: "pam-strict-shared-secret" },
  ocserv: { address: "127.0.4.3", secret: "ocserv-shared-secret" },
  /** It cannot be told to send from another address. */
  openvpn: { address: "127.0.0.1", secret: "openvpn-shared-secret" },
  radclient: { address: "127.0.4.4", secret: "radclient-shared-secret" },
} as const;
type ClientName = keyof typeof CLIENTS;

export const PASSWORD = "correct horse";
/** What stands behind the password of an OpenVPN user when it is a code. */
export const SEPARATOR = ",";

const USER_COUNT = 12;
const OPENVPN_FACTOR = `prompting: never, openvpnStaticChallenge: true, appendedCode: { separator: "${SEPARATOR}" }`;

/** Each test takes users of its own: a code is good once. */
export const userName = (index: number): string => `real${index}`;

/** @param listen and `accounting`, ports of the embedded product; gateways of the distributed one are told otherwise */
export function realClientsConfiguration(listen: readonly number[], accounting: readonly number[]): string {
  const listeners = listen.map((port, at) => `{ address: 127.0.0.1, authPort: ${port}, acctPort: ${accounting[at]} }`);
  const radius = listen.length === 0 ? "" : `radius: { listen: [${listeners.join(", ")}] }\n`;
  const client = (name: ClientName, rest: string): string =>
    `  - { name: ${name}, address: ${CLIENTS[name].address}, secret: "${CLIENTS[name].secret}", target: local, rejectDelayMs: 0, ${rest} }`;
  const users = Array.from({ length: USER_COUNT }, (_, index) => userName(index)).map(
    (name) =>
      `  - { name: ${name}, password: "${PASSWORD}", tokens: [{ serial: ${name}, secret: ${tokenSecretOf(name)} }] }`,
  );
  return `${radius}allowManualAnswers: true
clients:
${client("pam", "requireMessageAuthenticator: false")}
${client("pamStrict", "requireMessageAuthenticator: true")}
${client("ocserv", "requireMessageAuthenticator: false")}
${client("openvpn", `requireMessageAuthenticator: false, ${OPENVPN_FACTOR}`)}
${client("radclient", "requireMessageAuthenticator: true")}
targets:
  - { name: local, type: local }
users:
${users.join("\n")}
`;
}

/** The same, but an operator answers for whoever comes through OpenVPN. */
export function withManualOpenvpn(configuration: string): string {
  return configuration.replace(OPENVPN_FACTOR, "methods: [manual]");
}
