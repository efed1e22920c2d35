import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { attributeName, Code, encodeRequest, receiveRequest, SharedSecret } from "../index.js";

it("is not loaded by receiving and encoding, but by the first name", () => {
  const require = createRequire(import.meta.url);
  const isLoaded = (): boolean => require.resolve("radius") in require.cache;
  const secret = new SharedSecret("testing123");
  const authenticator = new Uint8Array(16);
  const octets = encodeRequest({ code: Code.StatusServer, identifier: 1, authenticator, secret, attributes: [] });
  receiveRequest(octets as Buffer, {
    secrets: [secret],
    requireMessageAuthenticator: true,
    limitProxyState: true,
    allowedCodes: [Code.StatusServer],
  });
  expect(isLoaded()).toBe(false);
  expect(attributeName(1)).toBe("User-Name");
  expect(isLoaded()).toBe(true);
});
