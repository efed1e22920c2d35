import { isIP } from "node:net";
import { z } from "zod";
import { DEFAULT_ADDRESS } from "./radius-schema.js";
import { ruleText } from "./rule-text.js";
import { MAX_PATH_LENGTH, secretSchema } from "./secret-schema.js";

const MAX_LISTENERS = 8;

const tlsSchema = z.strictObject({
  certificate: z
    .string()
    .min(1)
    .max(MAX_PATH_LENGTH)
    .describe("Path of the certificate and what leads to its root (PEM), relative to the configuration file."),
  key: secretSchema.describe("Path of its private key (PEM), { fromFile: path } the same, or { fromEnv: NAME }."),
});

const listenSchema = z.strictObject({
  address: ruleText((text) => (isIP(text) === 0 ? "must be an IPv4 or IPv6 address of this machine" : undefined))
    .default(DEFAULT_ADDRESS)
    .describe("IPv4 or IPv6 address to listen on; 0.0.0.0 or :: for all."),
  port: z.int().min(0).max(65_535).describe("TCP port; 0 lets the system choose one."),
  tls: tlsSchema.optional().describe("Makes it HTTPS. Without it, a proxy in front must be what ends TLS."),
});

export const httpSchema = z.strictObject({
  listen: z
    .array(listenSchema)
    .max(MAX_LISTENERS)
    .default([])
    .describe("Addresses and ports, none twice. Only the paths /device/ and /webhooks/ are there."),
});
