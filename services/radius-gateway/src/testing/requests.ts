import { randomBytes } from "node:crypto";
import {
  type AccessRequest,
  type Attribute,
  buildAccessRequest,
  Code,
  decode,
  encodeRequest,
  isIgnored,
  isMalformed,
  type Packet,
  SharedSecret,
  verifyReply,
} from "@portcullis/radius";

export const SECRET = "a shared secret";

export type TestRequest = AccessRequest & { readonly identifier?: number; readonly secret?: string };

/** The octets of a request as it stands, with an authenticator of its own. */
export function bareRequestOf(request: TestRequest): Buffer {
  const { secret = SECRET, identifier = randomBytes(1)[0] ?? 0, ...rest } = request;
  const authenticator = randomBytes(16);
  const octets = buildAccessRequest({ ...rest, identifier, authenticator, secret: new SharedSecret(secret) });
  if (typeof octets === "string") throw new Error(octets);
  return octets;
}

/** An Accounting-Request, right under its secret. */
export function accountingRequestOf(secret = SECRET, attributes: readonly Attribute[] = [], identifier = 1): Buffer {
  const octets = encodeRequest({
    code: Code.AccountingRequest,
    identifier,
    authenticator: new Uint8Array(16),
    secret: new SharedSecret(secret),
    attributes,
  });
  if (typeof octets === "string") throw new Error(octets);
  return octets;
}

/** A request of Alice with her password, where the test says nothing else. */
export function requestOf(request: TestRequest = {}): Buffer {
  return bareRequestOf({ userName: "CORP\\Alice", password: "correct horse", ...request });
}

/** The reply, which must answer this request and carry a valid Message-Authenticator. */
export function verified(reply: Uint8Array | undefined, request: Buffer, secretText = SECRET): Packet {
  const sent = decode(request);
  if (reply === undefined || isMalformed(sent)) throw new Error("there is no reply");
  const secret = new SharedSecret(secretText);
  const packet = verifyReply(reply, { request: sent, secret, requireMessageAuthenticator: true });
  if (isIgnored(packet)) throw new Error(packet.ignored);
  return packet;
}
