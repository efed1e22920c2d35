import { describe, expect, it } from "vitest";
import { isPublicAddress, readPushEndpoint } from "./push-endpoint.js";

describe("where a device wants to be woken", () => {
  it("is a host on the internet, by https", () => {
    const url = "https://push.example.net/send/abc?d=1";
    expect(readPushEndpoint(url, false)).toEqual({ url, host: "push.example.net" });
    expect(readPushEndpoint("https://198.41.0.4/send", false)).toMatchObject({ host: undefined });
    expect(readPushEndpoint("https://[2606:4700::1111]/send", false)).toMatchObject({ host: undefined });
  });

  it.each([
    "http://push.example.net/send",
    "https://user:word@push.example.net/send",
    "https://127.0.0.1/send",
    "https://2130706433/send",
    "https://0x7f.1/send",
    "https://[::1]/send",
    "https://[::ffff:127.0.0.1]/send",
    "https://[64:ff9b::7f00:1]/send",
    "https://10.1.2.3/",
    "https://169.254.169.254/latest",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://224.0.0.1/",
    "file:///etc/passwd",
    "not a URL",
    `https://push.example.net/${"x".repeat(1_100)}`,
  ])("is not %s", (url) => {
    expect(readPushEndpoint(url, false)).toBeUndefined();
  });

  it("is this machine only where tests say so", () => {
    expect(readPushEndpoint("https://127.0.0.1:4430/send", true)).toBeDefined();
    expect(readPushEndpoint("http://127.0.0.1:4430/send", true)).toBeDefined();
    expect(readPushEndpoint("file:///etc/passwd", true)).toBeUndefined();
  });

  it("knows public addresses by their networks", () => {
    for (const address of ["8.8.8.8", "2606:4700::1111"]) expect(isPublicAddress(address), address).toBe(true);
    const others = ["192.168.1.1", "100.64.1.1", "198.19.0.1", "255.255.255.255", "::", "::1", "2002:7f00:1::", "x"];
    for (const address of others) expect(isPublicAddress(address), address).toBe(false);
  });
});
