import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { systemClock } from "@portcullis/kit";
import { MemoryPendingStore, type PendingStore } from "@portcullis/login";
import { Code } from "@portcullis/radius";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Issued, TestAuthority } from "./testing/certificates.js";
import { GatewayBench } from "./testing/gateway-bench.js";
import type { GatewayTestOptions, GatewayUnderTest } from "./testing/gateway-under-test.js";
import { proxyHeader } from "./testing/proxy-header.js";
import { accountingRequestOf, bareRequestOf, requestOf, type TestRequest, verified } from "./testing/requests.js";
import { openTcp, TlsNas } from "./testing/tls-nas.js";

const SECRET = "radsec";
const SILENCE_MS = 150;
const ENDED = "portcullis_radius_connections_ended_total";

let authority: TestAuthority;
let server: Issued;
let vpn: Issued;
let stranger: Issued;
let bench: GatewayBench;

beforeAll(() => {
  authority = new TestAuthority();
  server = authority.issue("DNS:radius.example");
  vpn = authority.issue("DNS:other.example,DNS:vpn.example,IP:192.0.2.9", "4f2a");
  stranger = authority.issue("DNS:stranger.example");
});
afterAll(() => authority.remove());
beforeEach(async () => {
  bench = await GatewayBench.open();
});
afterEach(() => bench.close());

/** A gateway with one TLS port, whose client `vpn` has a certificate, no address and no secret. */
async function start(options: Partial<GatewayTestOptions> & { readonly proxyProtocol?: readonly string[] } = {}) {
  const { proxyProtocol, ...rest } = options;
  const tls = { certificate: server.certFile, key: server.keyFile, ca: authority.certFile };
  const listen = [{ address: "127.0.0.1", port: 0, tls, ...(proxyProtocol === undefined ? {} : { proxyProtocol }) }];
  const gateway = await bench.startGateway({ listen, ...rest });
  await gateway.setClient({ name: "vpn", generation: 2n, addresses: [], secrets: [], certificates: ["VPN.example"] });
  return gateway;
}

async function connect(gateway: GatewayUnderTest, options: Partial<Parameters<typeof TlsNas.open>[0]> = {}) {
  const nas = await TlsNas.open({ port: gateway.port, ca: authority.cert, cert: vpn.cert, key: vpn.key, ...options });
  bench.closeLater(() => nas.close());
  return nas;
}

const request = (change: TestRequest = {}) => requestOf({ secret: SECRET, ...change });
const codeOf = (reply: Uint8Array | undefined, sent: Buffer) => verified(reply, sent, SECRET).code;
const ended = (gateway: GatewayUnderTest, reason: string, client = "unknown") =>
  gateway.untilMetric(ENDED, { client, reason }, 1);

/** The store of a service behind the gateway that thinks until it is told. */
function waitingFor(decided: Promise<void>): PendingStore {
  const slow = new (class extends MemoryPendingStore {
    override async decideExchange(decision: Parameters<PendingStore["decideExchange"]>[0]) {
      await decided;
      return super.decideExchange(decision);
    }
  })(systemClock);
  bench.closeLater(() => slow.close());
  return slow;
}

describe("a client with its certificate", () => {
  it.each(["TLSv1.2", "TLSv1.3"] as const)("is answered over %s", async (version) => {
    const gateway = await start();
    const nas = await connect(gateway, { minVersion: version, maxVersion: version });
    const sent = request();
    nas.send(sent);
    expect(codeOf((await nas.replies(1))[0], sent)).toBe(Code.AccessAccept);
    expect(bench.passwordIn(gateway.published[0])).toBe("correct horse");
    expect(await gateway.metric("portcullis_radius_connections")).toBe(1);
  });

  it("needs no Message-Authenticator, whatever its settings say", async () => {
    const gateway = await start();
    const nas = await connect(gateway);
    const sent = request({ messageAuthenticator: "omitted" });
    nas.send(sent);
    expect(codeOf((await nas.replies(1))[0], sent)).toBe(Code.AccessAccept);
    expect(await gateway.metric("portcullis_clients_without_message_authenticator", { client: "vpn" })).toBe(0);
  });

  it("has its requests answered however they are cut, and many at once", async () => {
    const gateway = await start();
    const nas = await connect(gateway);
    const sent = Array.from({ length: 20 }, (_, identifier) => request({ identifier, userName: `user${identifier}` }));
    const stream = Buffer.concat(sent);
    for (let at = 0; at < stream.length; at += 37) nas.send(stream.subarray(at, at + 37));
    const replies = await nas.replies(20);
    const answered = replies.map((reply) => sent.find((one) => one[1] === reply[1]));
    for (const [index, reply] of replies.entries()) expect(codeOf(reply, answered[index] ?? Buffer.alloc(0))).toBe(2);
    expect(new Set(answered).size).toBe(20);
  });

  it("gets Status-Server answered, and accounting dropped, on the same port", async () => {
    const gateway = await start();
    const nas = await connect(gateway);
    const accounting = accountingRequestOf(SECRET);
    const status = bareRequestOf({ secret: SECRET, code: Code.StatusServer });
    nas.send(Buffer.concat([accounting, status]));
    expect(codeOf((await nas.replies(1))[0], status)).toBe(Code.AccessAccept);
    await gateway.untilMetric("portcullis_radius_discarded_total", { client: "vpn", reason: "accounting-off" }, 1);
    expect(nas.closed).toBe(false);
  });

  it("gets radius/1.0 echoed when it offers that, and nothing when it offers nothing", async () => {
    const gateway = await start();
    expect((await connect(gateway, { ALPNProtocols: ["other", "radius/1.0"] })).protocol).toBe("radius/1.0");
    expect((await connect(gateway)).protocol).toBeUndefined();
    await expect(connect(gateway, { ALPNProtocols: ["h2"] })).rejects.toThrow(/no application protocol/i);
  });

  it("is known by an address in its certificate, or by serial and issuer", async () => {
    const gateway = await start();
    for (const [generation, name] of [
      [3n, "192.0.2.9"],
      [4n, "serial:004F2A issuer:CN = Test CA, O = Tests"],
    ] as const) {
      await gateway.setClient({ name: "vpn", generation, addresses: [], secrets: [], certificates: [name] });
      const nas = await connect(gateway);
      const sent = request();
      nas.send(sent);
      expect(codeOf((await nas.replies(1))[0], sent)).toBe(Code.AccessAccept);
    }
  });

  it("shows its certificate on each connection: no session is resumed, and none renegotiated", async () => {
    const gateway = await start();
    const first = await connect(gateway, { maxVersion: "TLSv1.2" });
    const session = first.session();
    expect((await connect(gateway, { maxVersion: "TLSv1.2", ...session })).resumed).toBe(false);
    const newer = await connect(gateway);
    newer.send(bareRequestOf({ secret: SECRET, code: Code.StatusServer }));
    await newer.replies(1);
    expect((await connect(gateway, newer.session())).resumed).toBe(false);
    await expect(first.renegotiate()).rejects.toThrow(/./);
    expect(await first.closes()).toBe(true);
  });

  it("gets a renewed certificate without a restart, and keeps the old one while the new one is wrong", async () => {
    const gateway = await start({ tlsLimits: { reloadEveryMs: 20 } });
    const before = server.cert;
    const renewed = authority.issue("DNS:radius.example");
    bench.closeLater(() => writeFileSync(server.certFile, before));
    bench.closeLater(() => writeFileSync(server.keyFile, server.key));
    const kept = await connect(gateway);
    writeFileSync(server.certFile, renewed.cert);
    await gateway.until(() => gateway.logged.some(({ event }) => event === "radius.socket"));
    expect((await connect(gateway)).serverCertificate).toBe(new X509Certificate(before).fingerprint256);
    writeFileSync(server.keyFile, renewed.key);
    await gateway.until(() => gateway.logged.some(({ event }) => event === "radius.tls_renewed"));
    expect((await connect(gateway)).serverCertificate).toBe(new X509Certificate(renewed.cert).fingerprint256);
    expect(kept.closed).toBe(false);
  });

  it("has exchanges of its own on each connection, and is answered on that one", async () => {
    const gateway = await start();
    const [first, second] = [await connect(gateway), await connect(gateway)];
    const sent = request();
    first.send(sent);
    await first.replies(1);
    second.send(sent);
    await second.replies(1);
    expect(gateway.published).toHaveLength(2);
    first.send(sent);
    expect(await first.replies(2)).toHaveLength(2);
    expect(gateway.published).toHaveLength(2);
    expect(first.received[1]).toEqual(first.received[0]);
  });
});

describe("who is not let in", () => {
  const failed = async (gateway: GatewayUnderTest, options: Partial<Parameters<typeof TlsNas.open>[0]>) => {
    const nas = await connect(gateway, options).catch(() => undefined);
    // Over TLS 1.3 a client learns of its refusal only after its own handshake.
    if (nas !== undefined) expect(await nas.closes()).toBe(true);
    expect(gateway.published).toEqual([]);
  };

  it("a certificate of another authority with the same name", async () => {
    const gateway = await start();
    const other = new TestAuthority();
    bench.closeLater(() => other.remove());
    const { cert, key } = other.issue("DNS:vpn.example", "4f2a");
    await failed(gateway, { cert, key });
    await ended(gateway, "handshake-failed");
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("no certificate, over %s", async (version) => {
    const gateway = await start();
    const nas = TlsNas.open({ port: gateway.port, ca: authority.cert, minVersion: version, maxVersion: version });
    const opened = await nas.catch(() => undefined);
    if (opened !== undefined) expect(await opened.closes()).toBe(true);
    await ended(gateway, "handshake-failed");
  });

  it("TLS 1.1", async () => {
    const gateway = await start();
    const options = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" } as const;
    await failed(gateway, options);
    await ended(gateway, "handshake-failed");
  });

  it("a name that no client has, and the log tells it", async () => {
    const gateway = await start();
    await failed(gateway, { cert: stranger.cert, key: stranger.key });
    await ended(gateway, "client-unknown");
    const line = gateway.logged.find(({ event }) => event === "radius.connection_refused");
    expect(line?.fields).toMatchObject({
      reason: "client-unknown",
      certificate: expect.arrayContaining(["dns:stranger.example"]),
    });
  });

  it("a client from none of its addresses", async () => {
    const gateway = await start();
    await gateway.setClient({
      name: "vpn",
      generation: 3n,
      addresses: ["192.0.2.0/24"],
      certificates: ["vpn.example"],
    });
    await failed(gateway, {});
    await ended(gateway, "address-not-allowed");
  });

  it("what is no TLS at all", async () => {
    const gateway = await start();
    const socket = await openTcp(gateway.port);
    socket.write(request());
    await once(socket, "close");
    await ended(gateway, "handshake-failed");
  });

  it("a handshake that stalls", async () => {
    const gateway = await start({ tlsLimits: { handshakeTimeoutMs: 200 } });
    const socket = await openTcp(gateway.port);
    socket.write(Buffer.from("160301", "hex"));
    await once(socket, "close");
    await ended(gateway, "handshake-timeout");
  });

  it("more handshakes at once than there may be, while others are served", async () => {
    const gateway = await start({ tlsLimits: { maxHalfOpenPerAddress: 3 } });
    const nas = await connect(gateway);
    const stalled = await Promise.all([1, 2, 3].map(() => openTcp(gateway.port)));
    const extra = await openTcp(gateway.port);
    extra.resume();
    await once(extra, "close");
    await ended(gateway, "half-open-limit");
    const sent = request();
    nas.send(sent);
    expect(codeOf((await nas.replies(1))[0], sent)).toBe(Code.AccessAccept);
    for (const socket of stalled) socket.destroy();
    await gateway.untilMetric(ENDED, { client: "unknown", reason: "handshake-failed" }, 3);
    expect((await connect(gateway)).closed).toBe(false);
  });

  it("more connections of a client than it may have, until one of them ends", async () => {
    const gateway = await start({ tlsLimits: { maxConnectionsPerClient: 2 } });
    const [first] = [await connect(gateway), await connect(gateway)];
    expect(await (await connect(gateway)).closes()).toBe(true);
    await ended(gateway, "connection-limit", "vpn");
    first.close();
    await gateway.untilMetric("portcullis_radius_connections", {}, 1);
    const nas = await connect(gateway);
    const sent = request();
    nas.send(sent);
    expect(codeOf((await nas.replies(1))[0], sent)).toBe(Code.AccessAccept);
  });
});

describe("a connection", () => {
  const flipped = request();
  flipped.writeUInt8(flipped.readUInt8(30) ^ 1, 30);
  const wrongType = request();
  wrongType.writeUInt8(0, wrongType.length - 18);
  const accounting = accountingRequestOf("another");

  it.each([
    ["garbage", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["a Length that is too short", Buffer.from("01010013", "hex")],
    ["a Length that is too long", Buffer.from("01011001", "hex")],
    ["a wrong Message-Authenticator", flipped],
    ["a request under another secret", request({ secret: "another" })],
    ["a wrong authenticator of accounting", accounting],
  ])("is closed after %s", async (_what, octets) => {
    const gateway = await start();
    const nas = await connect(gateway);
    nas.send(octets);
    expect(await nas.closes()).toBe(true);
    await ended(gateway, "packet-broken", "vpn");
    expect(gateway.published).toEqual([]);
  });

  it("stays open after an unknown code and after half a packet", async () => {
    const gateway = await start();
    const nas = await connect(gateway);
    const unknown = request();
    unknown.writeUInt8(52, 0);
    const sent = request();
    nas.send(Buffer.concat([unknown, sent.subarray(0, 30)]));
    await gateway.untilMetric("portcullis_radius_discarded_total", { client: "vpn", reason: "code-not-allowed" }, 1);
    expect(await nas.replies(1, SILENCE_MS)).toEqual([]);
    nas.send(sent.subarray(30));
    expect(codeOf((await nas.replies(1))[0], sent)).toBe(Code.AccessAccept);
  });

  it("takes the replies of its requests with it", async () => {
    const decided = Promise.withResolvers<void>();
    const gateway = await start({ store: waitingFor(decided.promise) });
    const nas = await connect(gateway);
    nas.send(request());
    await gateway.untilPublished(1);
    nas.close();
    await ended(gateway, "closed-by-client", "vpn");
    const next = await connect(gateway);
    decided.resolve();
    await gateway.untilMetric("portcullis_radius_waiting", {}, 0);
    expect(await next.replies(1, SILENCE_MS)).toEqual([]);
  });

  it("is closed when it is idle", async () => {
    const gateway = await start({ tlsLimits: { idleTimeoutMs: 200 } });
    const nas = await connect(gateway);
    expect(await nas.closes()).toBe(true);
    await ended(gateway, "idle", "vpn");
  });

  it("is closed when its client does not read", async () => {
    const gateway = await start({ tlsLimits: { maxUnsentBytes: 4_096 } });
    const nas = await connect(gateway);
    nas.pause();
    const status = bareRequestOf({ secret: SECRET, code: Code.StatusServer });
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => status));
    for (
      let round = 0;
      round < 200 && (await gateway.metric(ENDED, { client: "vpn", reason: "unsent-limit" })) === 0;
      round++
    ) {
      nas.send(many);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await ended(gateway, "unsent-limit", "vpn");
  });

  it.each([
    ["is removed", (gateway: GatewayUnderTest) => gateway.removeClient("vpn")],
    [
      "has another certificate",
      (gateway: GatewayUnderTest) =>
        gateway.setClient({ name: "vpn", generation: 3n, addresses: [], secrets: [], certificates: ["new.example"] }),
    ],
  ])("is closed at the next packet when its client %s", async (_what, change) => {
    const gateway = await start();
    const nas = await connect(gateway);
    // Over TLS 1.3 the client is through with its handshake before the server is.
    await gateway.untilMetric("portcullis_radius_connections", {}, 1);
    await change(gateway);
    nas.send(request());
    expect(await nas.closes()).toBe(true);
    await ended(gateway, "client-changed", "vpn");
    expect(gateway.published).toEqual([]);
  });

  it("goes on with a client's new settings", async () => {
    const gateway = await start();
    const nas = await connect(gateway);
    const certificates = ["vpn.example"];
    await gateway.setClient({ name: "vpn", generation: 3n, addresses: [], secrets: [], certificates, maxExchanges: 7 });
    const sent = request();
    nas.send(sent);
    expect(codeOf((await nas.replies(1))[0], sent)).toBe(Code.AccessAccept);
  });

  it("is closed when the gateway stops, after what waits is answered", async () => {
    const decided = Promise.withResolvers<void>();
    const gateway = await start({ store: waitingFor(decided.promise), drainGraceMs: 5_000 });
    const nas = await connect(gateway);
    const sent = request();
    nas.send(sent);
    await gateway.untilPublished(1);
    const stopped = gateway.stop();
    decided.resolve();
    await stopped;
    expect(codeOf((await nas.replies(1))[0], sent)).toBe(Code.AccessAccept);
    expect(await nas.closes()).toBe(true);
  });
});

describe("behind a proxy", () => {
  const source = { address: "192.0.2.77", port: 40_000 };

  it("a client is who the header says", async () => {
    const gateway = await start({ proxyProtocol: ["127.0.0.1"] });
    await gateway.setClient({
      name: "vpn",
      generation: 3n,
      addresses: ["192.0.2.77/32"],
      certificates: ["vpn.example"],
    });
    const nas = await connect(gateway, { first: proxyHeader({ source }) });
    const sent = request();
    nas.send(sent);
    expect(codeOf((await nas.replies(1))[0], sent)).toBe(Code.AccessAccept);
    expect(gateway.published[0]?.context.sourceAddress).toBe("192.0.2.77");
  });

  it.each([
    ["no header", undefined],
    ["a header for datagrams", proxyHeader({ source, transport: "datagram" })],
    ["a header without source", proxyHeader({ family: 0 })],
  ])("nobody is let in with %s", async (_what, first) => {
    const gateway = await start({ proxyProtocol: ["127.0.0.0/8"] });
    await expect(connect(gateway, first === undefined ? {} : { first })).rejects.toThrow(/./);
    await ended(gateway, "proxy-header-wrong");
  });

  it("nobody else may send a header", async () => {
    const gateway = await start({ proxyProtocol: ["192.0.2.1"] });
    await expect(connect(gateway, { first: proxyHeader({ source }) })).rejects.toThrow(/./);
    await ended(gateway, "handshake-failed");
  });
});

it.each([
  ["certificate", { certificate: "/nowhere.pem" }, /TLS certificate, \/nowhere.pem, cannot be read \(ENOENT\)/],
  ["key", { key: { pem: "no key" } }, /do not fit together or are not PEM/],
])("the start fails with a wrong %s", async (_what, change, message) => {
  const tls = { certificate: server.certFile, key: server.keyFile, ca: authority.certFile, ...change };
  await expect(bench.startGateway({ listen: [{ address: "127.0.0.1", port: 0, tls }] })).rejects.toThrow(message);
});
