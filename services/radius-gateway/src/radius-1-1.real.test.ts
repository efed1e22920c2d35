import { MAX_WAITING_PER_USER, PLAIN_REPLY, type Reply } from "@portcullis/login";
import {
  type Attribute,
  AttributeType,
  Code,
  decode,
  isMalformed,
  octetsAttribute,
  octetsOf,
  type Packet,
  VendorId,
  vendorAttribute,
} from "@portcullis/radius";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Issued, TestAuthority } from "./testing/certificates.js";
import { ACCEPT, GatewayBench } from "./testing/gateway-bench.js";
import { TlsNas } from "./testing/tls-nas.js";

const BOTH = ["radius/1.1", "radius/1.0"];
const DISCARDED = "portcullis_radius_discarded_total";
const KEY = vendorAttribute(VendorId.Microsoft, 16, Buffer.alloc(32, 3));

let authority: TestAuthority;
let server: Issued;
let vpn: Issued;
let bench: GatewayBench;

beforeAll(() => {
  authority = new TestAuthority();
  server = authority.issue("DNS:radius.example");
  vpn = authority.issue("DNS:vpn.example");
});
afterAll(() => authority.remove());
beforeEach(async () => {
  bench = await GatewayBench.open();
});
afterEach(() => bench.close());

async function start(reply: Reply = ACCEPT) {
  const tls = { certificate: server.certFile, key: server.keyFile, ca: authority.certFile };
  const listen = [{ address: "127.0.0.1", port: 0, tls }];
  const gateway = await bench.startGateway({ listen, decide: () => reply });
  await gateway.setClient({ name: "vpn", generation: 2n, addresses: [], secrets: [], certificates: ["vpn.example"] });
  const open = async (change: Partial<Parameters<typeof TlsNas.open>[0]> = {}) => {
    const nas = await TlsNas.open({
      port: gateway.port,
      ca: authority.cert,
      cert: vpn.cert,
      key: vpn.key,
      ALPNProtocols: BOTH,
      ...change,
    });
    bench.closeLater(() => nas.close());
    return nas;
  };
  return { gateway, open };
}

const text = (type: number, value: string) => octetsAttribute(type, Buffer.from(value));
const LOGIN = [text(AttributeType.UserName, "alice"), text(AttributeType.UserPassword, "correct horse")];

function packetOf(token: number, attributes: readonly Attribute[] = LOGIN, code: number = Code.AccessRequest): Buffer {
  const packet = Buffer.concat([Buffer.alloc(20), octetsOf(attributes)]);
  packet.writeUInt8(code, 0);
  packet.writeUInt16BE(packet.length, 2);
  packet.writeUInt32BE(token, 4);
  return packet;
}

/** A reply taken apart; it must have this Token, and zeros where the rest of the authenticator would be. */
function read(reply: Uint8Array | undefined, token: number): Packet {
  const packet = decode(reply ?? new Uint8Array());
  if (isMalformed(packet)) throw new Error(packet.malformed);
  const header = Buffer.from(packet.octets.subarray(4, 20));
  expect([header.readUInt32BE(), header.subarray(4).every((octet) => octet === 0)]).toEqual([token, true]);
  expect(packet.has(AttributeType.MessageAuthenticator)).toBe(false);
  return packet;
}

describe("RADIUS/1.1", () => {
  it("is preferred where both are offered, and answers with plain values", async () => {
    const clear = octetsOf([KEY]);
    const { gateway, open } = await start({ ...PLAIN_REPLY, verdict: "accept", message: "welcome", attributes: clear });
    const nas = await open();
    expect(nas.protocol).toBe("radius/1.1");
    nas.send(packetOf(0xfeed_beef));
    const reply = read((await nas.replies(1))[0], 0xfeed_beef);
    expect(reply.code).toBe(Code.AccessAccept);
    expect(Buffer.from(reply.firstVendor(VendorId.Microsoft, 16) ?? []).toString("hex")).toBe("03".repeat(32));
    expect(bench.passwordIn(gateway.published[0])).toBe("correct horse");
  });

  it("has as many requests of a user at a time as may wait, by Tokens with the same last octet", async () => {
    const { gateway, open } = await start();
    const nas = await open();
    const tokens = Array.from({ length: MAX_WAITING_PER_USER }, (_, index) => index * 256);
    nas.send(Buffer.concat(tokens.map((token) => packetOf(token))));
    const replies = await nas.replies(tokens.length);
    const answered = replies.map((reply) => Buffer.from(reply).readUInt32BE(4));
    expect(answered.toSorted((a, b) => a - b)).toEqual(tokens);
    expect(gateway.published).toHaveLength(tokens.length);
    nas.send(packetOf(256));
    expect(read((await nas.replies(tokens.length + 1))[tokens.length], 256).octets).toEqual(
      replies[answered.indexOf(256)],
    );
    expect(gateway.published).toHaveLength(tokens.length);
  });

  it("has Status-Server without Message-Authenticator", async () => {
    const { open } = await start();
    const nas = await open();
    nas.send(packetOf(7, [], Code.StatusServer));
    expect(read((await nas.replies(1))[0], 7).code).toBe(Code.AccessAccept);
  });

  it("drops CHAP without CHAP-Challenge and goes on; closes after what is malformed", async () => {
    const { gateway, open } = await start();
    const nas = await open();
    nas.send(packetOf(1, [octetsAttribute(AttributeType.ChapPassword, Buffer.alloc(17, 1))]));
    await gateway.untilMetric(DISCARDED, { client: "vpn", reason: "chap-challenge-missing" }, 1);
    expect(nas.closed).toBe(false);
    nas.send(packetOf(2, [text(AttributeType.UserPassword, "x".repeat(129))]));
    expect(await nas.closes()).toBe(true);
    await gateway.untilMetric(DISCARDED, { client: "vpn", reason: "user-password-length" }, 1);
    expect(gateway.published).toEqual([]);
  });

  it("is not to be had below TLS 1.3", async () => {
    const { gateway, open } = await start();
    const nas = await open({ maxVersion: "TLSv1.2" }).catch(() => undefined);
    if (nas !== undefined) expect(await nas.closes()).toBe(true);
    const labels = { client: "unknown", reason: "handshake-failed" };
    await gateway.untilMetric("portcullis_radius_connections_ended_total", labels, 1);
  });
});
