import type { IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import type { DeviceRequest } from "./call.js";
import { SourceAddresses } from "./source-address.js";

function requestOf(remoteAddress: string | undefined, forwarded?: string): DeviceRequest {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  const raw = { socket: { remoteAddress } } as unknown as IncomingMessage;
  return { method: "GET", originalUrl: "/device/v1/device", headers, body: undefined, raw };
}

it("is the address of the connection, whatever a stranger says", () => {
  const sources = new SourceAddresses(["10.0.0.0/8"]);
  expect(sources.of(requestOf("192.0.2.1"))).toBe("192.0.2.1");
  expect(sources.of(requestOf("192.0.2.1", "198.51.100.9"))).toBe("192.0.2.1");
  expect(sources.of(requestOf("::ffff:192.0.2.1"))).toBe("192.0.2.1");
  expect(sources.of(requestOf(undefined))).toBe("local");
});

it("is what trusted proxies add, and not what was there before", () => {
  const sources = new SourceAddresses(["10.0.0.0/8", "2001:db8::1"]);
  expect(sources.of(requestOf("10.1.2.3", "198.51.100.9"))).toBe("198.51.100.9");
  expect(sources.of(requestOf("10.1.2.3", "203.0.113.7, 198.51.100.9, 10.9.9.9"))).toBe("198.51.100.9");
  expect(sources.of(requestOf("2001:db8::1", "2001:db8:5::7"))).toBe("2001:db8:5::7");
  expect(sources.of(requestOf("10.1.2.3", "rubbish"))).toBe("10.1.2.3");
  expect(sources.of(requestOf("10.1.2.3"))).toBe("10.1.2.3");
});
