import { z } from "zod";

const address = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/;

/** Checked here so that no driver reports it: their errors carry the whole URL, with its password. */
function isUrlOf(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}

/** Where traces of logins go. */
export const TracingEnvironment = z.object({
  PORTCULLIS_TRACES_URL: z
    .string()
    .refine(
      (text) => text === "" || isUrlOf(text, ["http:", "https:"]),
      "must be a URL that begins with http: or https:",
    )
    .default("")
    .describe(
      "Collector of OpenTelemetry traces, OTLP over HTTP (as `http://collector:4318/v1/traces`); none without it.",
    ),
  PORTCULLIS_TRACES_RATIO: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe("The part of the logins that is traced, 0 to 1; give every service the same."),
});

/** Settings that every service has; each service adds its own. */
export const PlatformEnvironment = z.object({
  PORTCULLIS_KAFKA_BROKERS: z
    .string()
    .refine((text) => text.split(",").every((one) => address.test(one)), "must be a list of host:port")
    .transform((text) => text.split(","))
    .describe("Kafka brokers, host:port, separated by commas."),
  PORTCULLIS_KAFKA_PREFIX: z
    .string()
    .regex(/^[a-z0-9.-]{0,32}$/, "must be at most 32 of a-z, 0-9, dot and dash")
    .default("")
    .describe("Put before the names of topics and consumer groups, for several installations on one broker."),
  PORTCULLIS_KAFKA_CREATE_TOPICS: z
    .enum(["true", "false"])
    .default("true")
    .describe("Whether the service makes topics that are missing at its start."),
  PORTCULLIS_KAFKA_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(12)
    .describe("Partitions of topics that the service makes; 1 to 1000."),
  PORTCULLIS_KAFKA_REPLICATION: z.coerce
    .number()
    .int()
    .min(1)
    .max(7)
    .default(1)
    .describe("Replicas of topics that the service makes; 1 to 7."),
  PORTCULLIS_REDIS_URL: z
    .string()
    .refine((text) => isUrlOf(text, ["redis:", "rediss:"]), "must be a URL that begins with redis: or rediss:")
    .default("redis://127.0.0.1:6379")
    .describe("Where pending state is kept."),
  PORTCULLIS_DATABASE_URL: z
    .string()
    .refine((text) => isUrlOf(text, ["postgres:", "postgresql:"]), "must be a URL that begins with postgres:")
    .default("")
    .describe("PostgreSQL, with the service's own role; services without tables need none."),
  PORTCULLIS_KEYS_FILE: z.string().min(1).describe("The key ring; `portcullis keys create FILE` makes one."),
  PORTCULLIS_HTTP_LISTEN: z
    .string()
    .regex(address, "must be host:port")
    .default("127.0.0.1:8080")
    .describe("Where health, metrics and the internal interface are served."),
  PORTCULLIS_API_KEY_FILE: z
    .string()
    .default("")
    .describe("A file with the key for the internal interface; without it nobody may use that."),
  ...TracingEnvironment.shape,
  PORTCULLIS_LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("The least level that is logged."),
});

export type PlatformSettings = z.infer<typeof PlatformEnvironment>;
