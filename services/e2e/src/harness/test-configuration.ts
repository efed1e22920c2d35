/** The configuration that the whole-system tests run on. Clients are told apart by the loopback address they send from. */
export const CLIENTS = {
  vpn: { address: "127.0.0.1", secret: "vpn-shared-secret-1" },
  impatient: { address: "127.0.0.2", secret: "impatient-shared-secret" },
  trusted: { address: "127.0.0.3", secret: "trusted-shared-secret" },
  passwordOnly: { address: "127.0.0.4", secret: "password-only-secret" },
  lenient: { address: "127.0.0.5", secret: "lenient-shared-secret" },
  rotating: { address: "127.0.0.6", secret: "rotating-new-secret" },
  legacy: { address: "127.0.0.7", secret: "legacy-shared-secret" },
} as const;

export const OLD_SECRET = "rotating-old-secret";
/** An address that no client has. */
export const STRANGER = "127.0.0.99";
export const PASSWORD = "correct horse";
export const CHALLENGE_SECONDS = 10;

/** Users with the password above and a token; each test takes users of its own, since a code is good once. */
const USER_COUNT = 24;
/** Users without a password, for clients whose target is `none`. */
const TRUSTED_COUNT = 400;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export const userName = (index: number): string => `user${index}`;
export const trustedName = (index: number): string => `trusted${index}`;

/** A token secret that is made up from the user's name: 32 characters of base32. */
export function tokenSecretOf(name: string): string {
  let state = 7;
  for (const character of name) state = (state * 31 + (character.codePointAt(0) ?? 0)) % 2_147_483_647;
  let secret = "";
  for (let index = 0; index < 32; index++) {
    state = (state * 48_271) % 2_147_483_647;
    secret += ALPHABET[state % 32];
  }
  return secret;
}

/** @param listen UDP ports on 127.0.0.1 for the embedded mode; gateways of the distributed mode get theirs otherwise */
export function testConfiguration(listen: readonly number[]): string {
  const listeners = listen.map((port) => `{ address: 127.0.0.1, authPort: ${port} }`).join(", ");
  const radius = listen.length === 0 ? "" : `radius: { listen: [${listeners}] }\n`;
  const users = Array.from({ length: USER_COUNT }, (_, index) => userName(index)).map(
    (name) =>
      `  - { name: ${name}, password: "${PASSWORD}", tokens: [{ serial: ${name}, secret: ${tokenSecretOf(name)} }] }`,
  );
  return `${radius}
clients:
  - { name: vpn, address: ${CLIENTS.vpn.address}, secret: "${CLIENTS.vpn.secret}", target: local, rejectDelayMs: 200 }
  - { name: impatient, address: ${CLIENTS.impatient.address}, secret: "${CLIENTS.impatient.secret}", target: trusted, challengeTimeLimitSeconds: ${CHALLENGE_SECONDS}, rejectDelayMs: 0 }
  - { name: trusted, address: ${CLIENTS.trusted.address}, secret: "${CLIENTS.trusted.secret}", target: trusted, rejectDelayMs: 0 }
  - { name: password-only, address: ${CLIENTS.passwordOnly.address}, secret: "${CLIENTS.passwordOnly.secret}", target: local, mfa: false, rejectDelayMs: 0 }
  - { name: lenient, address: ${CLIENTS.lenient.address}, secret: "${CLIENTS.lenient.secret}", target: trusted, requireUserMatch: false, rejectDelayMs: 0 }
  - { name: rotating, address: ${CLIENTS.rotating.address}, secrets: ["${CLIENTS.rotating.secret}", "${OLD_SECRET}"], target: trusted, rejectDelayMs: 0 }
  - { name: legacy, address: ${CLIENTS.legacy.address}, secret: "${CLIENTS.legacy.secret}", target: trusted, requireMessageAuthenticator: false, limitProxyState: false, rejectDelayMs: 0 }
targets:
  - { name: local, type: local }
  - { name: trusted, type: none }
usersFile: users.csv
users:
${users.join("\n")}
  - { name: tokenless, password: "${PASSWORD}" }
  - { name: disabled, password: "${PASSWORD}", enabled: false, tokens: [{ serial: disabled, secret: ${tokenSecretOf("disabled")} }] }
`;
}

export function testUsersFile(): string {
  const rows = Array.from({ length: TRUSTED_COUNT }, (_, index) => trustedName(index));
  return `name,serial,secret\n${rows.map((name) => `${name},${name},${tokenSecretOf(name)}`).join("\n")}\n`;
}
