import { ChallengeEnvironment } from "@portcullis/challenge-orchestrator";
import { PlatformEnvironment, TracingEnvironment } from "@portcullis/kit";
import { MobileEnvironment } from "@portcullis/mobile";
import { GatewayEnvironment } from "@portcullis/radius-gateway";
import { z } from "zod";

const text = (meaning: string) => z.string().optional().describe(meaning);

/** Settings of `portcullis run`; each is an option of the command as well, which wins. */
export const Environment = z.object({
  ...ChallengeEnvironment.shape,
  ...MobileEnvironment.shape,
  ...TracingEnvironment.shape,
  PORTCULLIS_CONFIG_FILE: text("`portcullis.yaml`; the same as --config."),
  PORTCULLIS_DATA: text("Data folder; the same as --data."),
  PORTCULLIS_LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("The least level that is logged; the same as --log-level."),
});

const { PORTCULLIS_KAFKA_BROKERS, PORTCULLIS_KAFKA_PREFIX, PORTCULLIS_KAFKA_CREATE_TOPICS } = PlatformEnvironment.shape;
const { PORTCULLIS_KAFKA_REPLICATION, PORTCULLIS_REDIS_URL, PORTCULLIS_DATABASE_URL } = PlatformEnvironment.shape;
const { PORTCULLIS_KEYS_FILE, PORTCULLIS_API_KEY_FILE } = PlatformEnvironment.shape;
const { PORTCULLIS_RADIUS_LISTEN, PORTCULLIS_RADIUS_ACCT_LISTEN } = GatewayEnvironment.shape;
const { PORTCULLIS_RADIUS_TLS_LISTEN, PORTCULLIS_RADIUS_TLS_KEY_FILE } = GatewayEnvironment.shape;
const { PORTCULLIS_RADIUS_TLS_CERTIFICATE_FILE, PORTCULLIS_RADIUS_TLS_CA_FILE } = GatewayEnvironment.shape;

/**
 * What `portcullis doctor` reads of the services' settings. Stores have no default here: one that is not named is not there.
 * Variables that it does not know are left to the services, which refuse them at their start.
 */
export const DoctorEnvironment = z.object({
  PORTCULLIS_CONFIG_FILE: Environment.shape.PORTCULLIS_CONFIG_FILE,
  PORTCULLIS_DATA: Environment.shape.PORTCULLIS_DATA,
  PORTCULLIS_KAFKA_BROKERS: PORTCULLIS_KAFKA_BROKERS.optional(),
  PORTCULLIS_KAFKA_PREFIX,
  PORTCULLIS_KAFKA_CREATE_TOPICS,
  PORTCULLIS_KAFKA_REPLICATION,
  PORTCULLIS_REDIS_URL: PORTCULLIS_REDIS_URL.unwrap().optional(),
  PORTCULLIS_DATABASE_URL: PORTCULLIS_DATABASE_URL.unwrap().optional(),
  PORTCULLIS_KEYS_FILE: PORTCULLIS_KEYS_FILE.optional(),
  PORTCULLIS_API_KEY_FILE: PORTCULLIS_API_KEY_FILE.unwrap().optional(),
  PORTCULLIS_RADIUS_LISTEN,
  PORTCULLIS_RADIUS_ACCT_LISTEN,
  PORTCULLIS_RADIUS_TLS_LISTEN,
  PORTCULLIS_RADIUS_TLS_CERTIFICATE_FILE: PORTCULLIS_RADIUS_TLS_CERTIFICATE_FILE.unwrap().optional(),
  PORTCULLIS_RADIUS_TLS_CA_FILE: PORTCULLIS_RADIUS_TLS_CA_FILE.unwrap().optional(),
  PORTCULLIS_RADIUS_TLS_KEY_FILE: PORTCULLIS_RADIUS_TLS_KEY_FILE.unwrap().optional(),
});

export type DoctorSettings = z.infer<typeof DoctorEnvironment>;
