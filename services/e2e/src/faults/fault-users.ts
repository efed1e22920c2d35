import { tokenSecretOf } from "../harness/test-configuration.js";

export const FAULT_CLIENT = { address: "127.0.0.1", secret: "fault-shared-secret-1" } as const;

export const faultUser = (index: number): string => `user${index}`;

/** One client that trusts whoever comes for the first factor, so that what is tried is the product and not a password hash. */
export function faultConfiguration(): string {
  return `
clients:
  - { name: vpn, address: ${FAULT_CLIENT.address}, secret: "${FAULT_CLIENT.secret}", target: trusted, rejectDelayMs: 0, timeLimitSeconds: 30 }
targets:
  - { name: trusted, type: none }
usersFile: users.csv
`;
}

export function faultUsersFile(count: number): string {
  const rows = Array.from({ length: count }, (_, index) => faultUser(index));
  return `name,serial,secret\n${rows.map((name) => `${name},${name},${tokenSecretOf(name)}`).join("\n")}\n`;
}
