import { tokenSecretOf } from "../harness/test-configuration.js";

/** Clients of these tests, told apart by the loopback address they send from. */
export const CLIENTS = {
  /** Codes behind a comma, passwords checked by us. */
  comma: { address: "127.0.2.1", secret: "comma-shared-secret" },
  /** Codes of six digits behind the password, passwords checked by FreeRADIUS. */
  digits: { address: "127.0.2.2", secret: "digits-shared-secret" },
  openvpn: { address: "127.0.2.3", secret: "openvpn-shared-secret" },
  /** May fetch access lists. */
  asa: { address: "127.0.2.4", secret: "asa-shared-secret" },
  latin: { address: "127.0.2.5", secret: "latin-shared-secret" },
  /** None of it, with the same target as `asa`. */
  plain: { address: "127.0.2.6", secret: "plain-shared-secret" },
} as const;
export type ClientName = keyof typeof CLIENTS;

export const TARGET_SECRET = "secret-of-the-target";
export const PASSWORD = "correct horse";
export const FOREIGN_PASSWORD = "käse für alle";
export const FOREIGN_USER = "bjoern";
export const CLASS = "636c617373";
export const ACCESS_LIST = "#ACSACL#-IP-staff-53ee1a2b";
export const ACCESS_LIST_LINE = "ip:inacl#1=permit ip any any";

const USER_COUNT = 24;

/** Each test takes users of its own: a code is good once. */
export const userName = (index: number): string => `vpn${index}`;

export function vpnConfiguration(listen: readonly number[], targetPort: number): string {
  const listeners = listen.map((port) => `{ address: 127.0.0.1, authPort: ${port} }`).join(", ");
  const radius = listen.length === 0 ? "" : `radius: { listen: [${listeners}] }`;
  const client = (name: ClientName, rest: string): string =>
    `  - { name: ${name}, address: ${CLIENTS[name].address}, secret: "${CLIENTS[name].secret}", rejectDelayMs: 0, ${rest} }`;
  const users = names().map(
    (name) =>
      `  - { name: ${name}, password: "${PASSWORD}", tokens: [{ serial: ${name}, secret: ${tokenSecretOf(name)} }] }`,
  );
  return `${radius}
clients:
${client("comma", 'target: local, appendedCode: { separator: "," }')}
${client("digits", "target: real, appendedCode: { digits: 6 }, prompting: never")}
${client("openvpn", "target: local, openvpnStaticChallenge: true")}
${client("asa", "target: real, downloadableAcls: true, requireUserMatch: false")}
${client("latin", "target: local, passwordCharset: latin1, mfa: false, requireMessageAuthenticator: false")}
${client("plain", "target: real, requireUserMatch: false, mfa: false")}
targets:
  - { name: local, type: local }
  - { name: real, type: radius, servers: [{ address: 127.0.0.1, port: ${targetPort}, secret: "${TARGET_SECRET}" }] }
users:
${users.join("\n")}
  - { name: ${FOREIGN_USER}, password: "${FOREIGN_PASSWORD}" }
`;
}

/** The users of FreeRADIUS, in its own form. It gives access lists to whoever asks for them. */
export function freeradiusUsers(): string {
  const users = names().map((name) => `${name} Cleartext-Password := "${PASSWORD}"\n  Class := 0x${CLASS}\n`);
  return `${users.join("\n")}
DEFAULT User-Name =~ "^#ACSACL#", Auth-Type := Accept
  Cisco-AVPair := "${ACCESS_LIST_LINE}"
`;
}

function names(): string[] {
  return Array.from({ length: USER_COUNT }, (_, index) => userName(index));
}
