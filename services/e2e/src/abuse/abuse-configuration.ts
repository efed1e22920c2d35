import { tokenSecretOf } from "../harness/test-configuration.js";

/** Clients are told apart by the loopback address that they send from. */
export const CALM = { address: "127.0.0.1", secret: "calm-shared-secret-1" } as const;
export const FLOODER = { address: "127.0.0.2", secret: "flooder-shared-secret" } as const;
export const GUESSER = { address: "127.0.0.3", secret: "guesser-shared-secret" } as const;
/** The first two octets of addresses that no client has. */
export const STRANGERS = "127.9";

export const PASSWORD = "correct horse";
/** Of the password above; made beforehand, since hashing it for each user would take seconds. */
const PASSWORD_HASH =
  "$argon2id$v=19$m=19456,t=2,p=1$RGMWdr6c5WLZjdyXDXG2Eg$92MxCR1tPH0skfttToPkGxuDqFGzxdANoJx/tVJZsKM";

/** Users of the calm client; each logs in once, since a code is good once. */
const CALM_USERS = 500;
/** Users whose challenges nobody answers; each may have four open. */
export const PROMPTED_USERS = 1_500;
export const TRIED_USER = "tried";
export const calmUser = (index: number): string => `calm${index}`;
export const promptedUser = (index: number): string => `prompted${index}`;

/** Everything that limits floods as it is by default, but a prompt that nobody answers ends soon. */
export function abuseConfiguration(): string {
  const client = (name: string, { address, secret }: typeof CALM | typeof FLOODER | typeof GUESSER, more: object) => ({
    name,
    address,
    secret,
    ...more,
  });
  const users = Array.from({ length: CALM_USERS }, (_, index) => calmUser(index)).map((name) => ({
    name,
    passwordHash: PASSWORD_HASH,
    tokens: [{ serial: name, secret: tokenSecretOf(name) }],
  }));
  return JSON.stringify({
    clients: [
      client("calm", CALM, { target: "local" }),
      client("flooder", FLOODER, { target: "trusted", challengeTimeLimitSeconds: 10, timeLimitSeconds: 120 }),
      client("guesser", GUESSER, { target: "local" }),
    ],
    targets: [
      { name: "local", type: "local" },
      { name: "trusted", type: "none" },
    ],
    users: [...users, { name: TRIED_USER, passwordHash: PASSWORD_HASH }],
    usersFile: "users.csv",
  });
}

export function abuseUsersFile(): string {
  const rows = Array.from({ length: PROMPTED_USERS }, (_, index) => promptedUser(index));
  return `name,serial,secret\n${rows.map((name) => `${name},${name},${tokenSecretOf(name)}`).join("\n")}\n`;
}
