import { isIP } from "node:net";
import { z } from "zod";
import { ruleText } from "./rule-text.js";

const MAX_LISTENERS = 16;
export const DEFAULT_ADDRESS = "127.0.0.1";
export const DEFAULT_AUTH_PORT = 1812;

const listenSchema = z.strictObject({
  address: ruleText((text) => (isIP(text) === 0 ? "must be an IPv4 or IPv6 address of this machine" : undefined))
    .default(DEFAULT_ADDRESS)
    .describe("IPv4 or IPv6 address to listen on; 0.0.0.0 or :: for all."),
  authPort: z
    .int()
    .min(0)
    .max(65_535)
    .default(DEFAULT_AUTH_PORT)
    .describe("UDP port of authentication; 0 lets the system choose one."),
});

export const radiusSchema = z.strictObject({
  listen: z
    .array(listenSchema)
    .min(1)
    .max(MAX_LISTENERS)
    .default([{ address: DEFAULT_ADDRESS, authPort: DEFAULT_AUTH_PORT }])
    .describe("Addresses and ports that the gateway listens on, none twice."),
});
