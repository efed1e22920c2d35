import type { Check } from "./check.js";
import { accountingCheck } from "./checks/accounting.js";
import { certificatesCheck } from "./checks/certificates.js";
import { clientsCheck } from "./checks/clients.js";
import { clockCheck } from "./checks/clock.js";
import { configurationCheck } from "./checks/configuration.js";
import { diskSpaceCheck } from "./checks/disk-space.js";
import { kafkaCheck } from "./checks/kafka.js";
import { listenersCheck } from "./checks/listeners.js";
import { openFilesCheck } from "./checks/open-files.js";
import { permissionsCheck } from "./checks/permissions.js";
import { postgresCheck } from "./checks/postgres.js";
import { receiveBufferCheck } from "./checks/receive-buffer.js";
import { redisCheck } from "./checks/redis.js";
import { secretsCheck } from "./checks/secrets.js";
import { targetsCheck } from "./checks/targets.js";
import { testLoginCheck } from "./checks/test-login.js";

/** Every check, in the order in which the report shows them: the configuration, the machine, what is elsewhere. */
export const CHECKS: readonly Check[] = [
  configurationCheck,
  permissionsCheck,
  secretsCheck,
  clientsCheck,
  listenersCheck,
  certificatesCheck,
  receiveBufferCheck,
  openFilesCheck,
  diskSpaceCheck,
  clockCheck,
  redisCheck,
  kafkaCheck,
  postgresCheck,
  targetsCheck,
  accountingCheck,
  testLoginCheck,
];
