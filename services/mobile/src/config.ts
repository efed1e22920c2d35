import { BlockList, isIP } from "node:net";
import { PlatformEnvironment } from "@portcullis/kit";
import { z } from "zod";

const MAX_PROXIES = 64;

/** What the operator may set about devices; both modes read it. */
export const MobileEnvironment = z.object({
  PORTCULLIS_MOBILE_TRUSTED_PROXIES: z
    .string()
    .default("")
    .transform((text) => (text === "" ? [] : text.split(",").map((one) => one.trim())))
    .refine((list) => list.length <= MAX_PROXIES && list.every(isAddressOrNetwork), "must be addresses or CIDRs")
    .describe(
      "Addresses or networks (CIDR), separated by commas, of proxies in front of the device API whose X-Forwarded-For is believed.",
    ),
  PORTCULLIS_MOBILE_ALLOW_LOOPBACK_PUSH: z
    .enum(["true", "false"])
    .default("false")
    .describe("For tests only: devices may be woken at any address, also of this machine."),
});

export const Environment = PlatformEnvironment.extend(MobileEnvironment.shape);

export interface MobileEnvironmentSettings {
  readonly trustedProxies: readonly string[];
  readonly allowLoopbackPush: boolean;
}

export function mobileEnvironmentSettings(environment: z.infer<typeof MobileEnvironment>): MobileEnvironmentSettings {
  return {
    trustedProxies: environment.PORTCULLIS_MOBILE_TRUSTED_PROXIES,
    allowLoopbackPush: environment.PORTCULLIS_MOBILE_ALLOW_LOOPBACK_PUSH === "true",
  };
}

function isAddressOrNetwork(text: string): boolean {
  const [address = "", length, ...more] = text.split("/");
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  if (length === undefined) return true;
  try {
    new BlockList().addSubnet(address, Number(length), family === 6 ? "ipv6" : "ipv4");
    return /^\d{1,3}$/.test(length);
  } catch {
    return false;
  }
}
