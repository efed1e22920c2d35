import { readEnvironment } from "@portcullis/kit";
import { describe, expect, it } from "vitest";
import { MobileEnvironment, mobileEnvironmentSettings } from "./config.js";

const settings = (environment: Record<string, string>) =>
  mobileEnvironmentSettings(readEnvironment(MobileEnvironment, environment));

describe("settings of mobile", () => {
  it("trust nobody and wake nobody on this machine unless told to", () => {
    expect(settings({})).toEqual({ trustedProxies: [], allowLoopbackPush: false });
    expect(
      settings({
        PORTCULLIS_MOBILE_TRUSTED_PROXIES: "10.0.0.0/8, 2001:db8::1",
        PORTCULLIS_MOBILE_ALLOW_LOOPBACK_PUSH: "true",
      }),
    ).toEqual({ trustedProxies: ["10.0.0.0/8", "2001:db8::1"], allowLoopbackPush: true });
  });

  it.each(["10.0.0.0/33", "proxy.example", "10.0.0.0/8/8", "10.0.0.0/x", "2001:db8::/129", "10.0.0.1,"])(
    "refuse %s as a proxy",
    (text) => {
      expect(() => settings({ PORTCULLIS_MOBILE_TRUSTED_PROXIES: text })).toThrow("must be addresses or CIDRs");
    },
  );
});
