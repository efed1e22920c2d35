import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { promisify } from "node:util";
import {
  type Attribute,
  attributesOf,
  buildAccessRequest,
  Code,
  clearReplyAttributes,
  clearRequestAttributes,
  decode,
  encodeReply,
  hideReplyAttributes,
  octetsOf,
  type Packet,
  type ReplyCode,
  receiveRequest,
  SharedSecret,
  vendorAttribute,
} from "@portcullis/radius";
import { eventually, type FreeradiusServer, startFreeradius } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetExchangeResult } from "./radius-target-client.js";
import { TargetUnderTest } from "./testing/target-under-test.js";

const TARGET_SECRET = "secret of the real target";
const CLIENT_SECRET = new SharedSecret("secret of the client");
const OF_CLIENT = Uint8Array.from({ length: 16 }, (_, index) => index);
const MICROSOFT = 311;

const USERS = `
alice Cleartext-Password := "correct horse"
  Reply-Message := "Welcome",
  Class := 0x636c617373,
  Tunnel-Type:1 := L2TP,
  Tunnel-Password:1 := "tunnel secret, longer than a block",
  ERX-Med-Ip-Address := 192.0.2.7,
  Ascend-Send-Secret := "ascend secret 16"

User Cleartext-Password := "clientPass"

vendors Cleartext-Password := "correct horse"
  Tunnel-Password:2 := "x",
  Tunnel-Password:0 += "${"t".repeat(249)}",
  MS-CHAP-MPPE-Keys := 0x${"0102030405060708".repeat(3)},
  MS-MPPE-Send-Key := 0x${"1a".repeat(32)},
  X-Ascend-Send-Secret := "sixteen octets..",
  Ascend-Receive-Secret := "receive secret16",
  Lucent-Send-Secret := "lucent secret 16",
  LCS-IKEv2-Local-Password:3 := "ike password",
  ALU-AAA-Key-0 := 0x0102,
  ERX-LI-Action := 1,
  3GPP2-MN-HA-Shared-Key := "mobile",
  Alc-LI-Destination := "192.0.2.9",
  Aruba-MPSK-Passphrase := 0x7061737370687261736531,
  Motorola-WiMAX-MIP-KEY := "mip",
  WiMAX-MSK := 0x${"2b".repeat(64)},
  WiMAX-hDHCP-DHCP-RK := "dhcp root key",
  WiMAX-hDHCP-DHCP-RK-Key-Id := 7,
  WiMAX-PMIP6-RK-Key := 0x${"3c".repeat(20)}
`;

let server: FreeradiusServer;
let target: TargetUnderTest;

beforeAll(async () => {
  const clients = [
    { name: "portcullis", address: "127.0.0.1", secret: TARGET_SECRET, requireMessageAuthenticator: true },
  ];
  server = await startFreeradius({ users: USERS, clients });
  target = targetOf(server.port);
});

afterAll(async () => {
  await target?.client.close(0);
  await server?.stop();
});

function targetOf(port: number, options: ConstructorParameters<typeof TargetUnderTest>[1] = {}): TargetUnderTest {
  // FreeRADIUS 3.2.1 puts Message-Authenticator into replies with EAP only.
  const real = { port, secret: new SharedSecret(TARGET_SECRET), requireMessageAuthenticator: "auto" } as const;
  return new TargetUnderTest([real], {
    retransmission: { firstWaitMs: 1000, tries: 3 },
    responseWindowMs: 8000,
    ...options,
  });
}

/** A client's request, through our hop, to the target. */
async function ask(attributes: readonly Attribute[], password?: string): Promise<TargetExchangeResult> {
  const parts = { identifier: 1, authenticator: OF_CLIENT, secret: CLIENT_SECRET, attributes };
  const request = decode(
    buildAccessRequest(password === undefined ? parts : { ...parts, password }) as Buffer,
  ) as Packet;
  const clear = clearRequestAttributes(request, CLIENT_SECRET) as Uint8Array;
  return target.exchange({ attributes: clear, deadlineMs: Date.now() + 10_000 });
}

function replied(result: TargetExchangeResult) {
  if (result.kind !== "reply") throw new Error(result.kind);
  const list = attributesOf(result.attributes) as readonly Attribute[];
  const first = (type: number) => list.find((each) => each.type === type)?.value;
  const vendor = (vendorId: number, vendorType: number) => {
    const head = Buffer.from(vendorAttribute(vendorId, vendorType, new Uint8Array()).value.subarray(0, 5));
    const found = list.find(({ type, value }) => type === 26 && head.equals(value.subarray(0, 5)));
    return found?.value.subarray(6);
  };
  return { ...result, first, vendor };
}

function text(octets: Uint8Array | undefined): string {
  return Buffer.from(octets ?? []).toString();
}

function named(name: string): Attribute {
  return { type: 1, value: Buffer.from(name) };
}

describe("FreeRADIUS as a target", () => {
  it("accepts PAP; its attributes come with the hidden ones in clear", async () => {
    const reply = replied(await ask([named("alice")], "correct horse"));
    expect(reply.code).toBe(Code.AccessAccept);
    expect([text(reply.first(18)), text(reply.first(25))]).toEqual(["Welcome", "class"]);
    expect(text(reply.first(69))).toBe("\x01tunnel secret, longer than a block");
    expect(reply.vendor(4874, 60)).toEqual(new Uint8Array([192, 0, 2, 7]));
    expect(text(reply.vendor(529, 214))).toBe("ascend secret 16");
    expect(replied(await ask([named("alice")], "wrong")).code).toBe(Code.AccessReject);
  });

  it("accepts CHAP whose challenge was the Request Authenticator of the client", async () => {
    const response = (password: string) =>
      Buffer.concat([Buffer.of(7), createHash("md5").update(Buffer.of(7)).update(password).update(OF_CLIENT).digest()]);
    const good = await ask([named("alice"), { type: 3, value: response("correct horse") }]);
    expect(replied(good).code).toBe(Code.AccessAccept);
    const bad = await ask([named("alice"), { type: 3, value: response("wrong") }]);
    expect(replied(bad).code).toBe(Code.AccessReject);
  });

  it("accepts MS-CHAPv2; the keys are those of RFC 3079 and reach the client", async () => {
    const reply = replied(await ask(msChap2("82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF")));
    expect(reply.code).toBe(Code.AccessAccept);
    expect(text(reply.vendor(MICROSOFT, 26))).toContain("S=407A5589115FD0D6209F510FE9C04566932CDA56");
    expect(hex(reply.vendor(MICROSOFT, 16))).toBe("8B7CDC149B993A1BA118CB153F56DCCB");
    expect(reply.vendor(MICROSOFT, 17)).toHaveLength(16);
    const again = atClient(reply.attributes);
    expect(again).toEqual(reply.attributes);
    const wrong = replied(await ask(msChap2("82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DE")));
    expect([wrong.code, text(wrong.vendor(MICROSOFT, 2)).includes("E=691")]).toEqual([Code.AccessReject, true]);
  });

  it("does EAP-MD5 over several rounds at the server that issued the State", async () => {
    const identity = Buffer.from("\x02\x01\x00\x0a\x01alice");
    const first = replied(await ask([named("alice"), { type: 79, value: identity }]));
    expect(first.code).toBe(Code.AccessChallenge);
    const challenge = Buffer.from(first.first(79) ?? []);
    const value = challenge.subarray(6, 6 + (challenge[5] ?? 0));
    const id = challenge.subarray(1, 2);
    const digest = createHash("md5").update(id).update("correct horse").update(value).digest();
    const response = Buffer.concat([Buffer.of(2), id, Buffer.of(0, 22, 4, 16), digest]);
    const state = { type: 24, value: first.first(24) ?? new Uint8Array() };
    const attributes = octetsOf([named("alice"), { type: 79, value: response }, state]);
    const last = await target.exchange({ attributes, server: first.server, deadlineMs: Date.now() + 10_000 });
    expect(replied(last).code).toBe(Code.AccessAccept);
    expect(hex(replied(last).first(79))).toBe(`03${hex(id)}0004`);
    expect(target.learnt).toEqual([]);
  });

  it("gets accounting acknowledged on the port for it", async () => {
    const accounting = targetOf(server.accountingPort);
    const attributes = octetsOf([
      { type: 40, value: Uint8Array.of(0, 0, 0, 1) },
      { type: 44, value: Buffer.from("session") },
    ]);
    expect(await accounting.exchange({ code: Code.AccountingRequest, attributes })).toMatchObject({
      kind: "reply",
      code: Code.AccountingResponse,
    });
    await accounting.client.close(0);
  });

  it("passes what it hides on to radclient, which reads it with the client's secret", async () => {
    const relay = await relayTo(target);
    const input = `User-Name = "alice", User-Password = "correct horse", Message-Authenticator = 0x00, Proxy-State = 0x6162`;
    const output = await radclient(relay.port, input);
    relay.close();
    expect(output).toContain("Received Access-Accept");
    expect(output).toContain('Tunnel-Password:1 = "tunnel secret, longer than a block"');
    expect(output).toContain("ERX-Med-Ip-Address = 192.0.2.7");
    expect(output).toContain('Ascend-Send-Secret = "ascend secret 16"');
    expect(output).toContain("Proxy-State = 0x6162");
  });

  it("passes every kind of hidden attribute, so that radclient reads the same as without us between", async () => {
    const input = `User-Name = "vendors", User-Password = "correct horse", Message-Authenticator = 0x00`;
    const relay = await relayTo(target);
    const passed = await radclient(relay.port, input);
    relay.close();
    const direct = await radclient(server.port, input, TARGET_SECRET);
    expect(attributeLines(direct)).toHaveLength(18);
    expect(attributeLines(passed)).toEqual(attributeLines(direct));
  });

  it("is dead after a kill, and back by its answers to Status-Server", async () => {
    const health = { timeoutsToZombie: 1, zombiePeriodMs: 200, statusServer: true, reviveIntervalMs: 60_000 } as const;
    const quick = { checkIntervalMs: 100, checkTimeoutMs: 80, answersToAlive: 2 };
    const watched = targetOf(server.port, {
      health: { ...health, ...quick },
      retransmission: { firstWaitMs: 50, tries: 3 },
      responseWindowMs: 300,
    });
    const state = () => [...watched.client.states().values()][0];
    await server.kill();
    expect(await watched.exchange()).toEqual({ kind: "unavailable" });
    await eventually(() => state() === "dead", { what: "the killed server is dead" });
    await server.restart();
    await eventually(() => state() === "alive", { what: "the server is back" });
    expect(watched.count(`sent ${Code.AccessRequest} 1`)).toBe(1);
    await watched.client.close(0);
  });
});

/** What a client reads from the reply that it gets, with its own secret. */
function atClient(clear: Uint8Array): Uint8Array {
  const hop = { secret: CLIENT_SECRET, requestAuthenticator: OF_CLIENT };
  const hidden = hideReplyAttributes(clear, { ...hop, salt: 12_345 }) as Uint8Array;
  expect(hidden).not.toEqual(clear);
  const proxyState = Buffer.from("p");
  const attributes = [...(attributesOf(hidden) as readonly Attribute[]), { type: 33, value: proxyState }];
  const header = Buffer.alloc(20, 2);
  const octets = Buffer.concat([header, octetsOf(attributes)]);
  octets.writeUInt16BE(octets.length, 2);
  return clearReplyAttributes(decode(octets) as Packet, { ...hop, proxyState }) as Uint8Array;
}

/** The exchange of RFC 2759 section 9.2 and RFC 3079 section 3.5.3. */
function msChap2(ntResponse: string): readonly Attribute[] {
  const challenge = Buffer.from("5B5D7C7D7B3F2F3E3C2C602132262628", "hex");
  const peerChallenge = Buffer.from("21402324255E262A28295F2B3A337C7E", "hex");
  const response = Buffer.concat([Buffer.of(1, 0), peerChallenge, Buffer.alloc(8), Buffer.from(ntResponse, "hex")]);
  return [named("User"), vendorAttribute(MICROSOFT, 11, challenge), vendorAttribute(MICROSOFT, 25, response)];
}

function hex(octets: Uint8Array | undefined): string {
  return Buffer.from(octets ?? [])
    .toString("hex")
    .toUpperCase();
}

/** The least of a gateway: requests to the target, replies back to who asked. */
async function relayTo(through: TargetUnderTest) {
  const socket = createSocket("udp4");
  socket.on("message", (datagram, from) => {
    const received = receiveRequest(datagram, {
      secrets: [CLIENT_SECRET],
      requireMessageAuthenticator: true,
      limitProxyState: true,
      allowedCodes: [Code.AccessRequest],
    });
    if ("discard" in received) throw new Error(received.discard);
    const request = received.packet;
    const clear = clearRequestAttributes(request, CLIENT_SECRET) as Uint8Array;
    void through.exchange({ attributes: clear, deadlineMs: Date.now() + 10_000 }).then((result) => {
      const { attributes, code } = replied(result);
      const hop = { secret: CLIENT_SECRET, requestAuthenticator: request.authenticator, salt: 4711 };
      const list = attributesOf(hideReplyAttributes(attributes, hop) as Uint8Array) as readonly Attribute[];
      const reply = encodeReply({
        code: code as ReplyCode,
        request,
        secret: CLIENT_SECRET,
        attributes: list,
      }) as Buffer;
      socket.send(reply, from.port, from.address);
    });
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { port: socket.address().port, close: () => socket.close() };
}

/** What radclient read from the reply, but for what belongs to the hop. */
function attributeLines(output: string): string[] {
  const reply = output.slice(output.indexOf("Received Access-Accept"));
  return reply.split("\n").filter((line) => line.startsWith("\t") && !line.includes("Message-Authenticator"));
}

async function radclient(port: number, input: string, secret = "secret of the client"): Promise<string> {
  const running = promisify(execFile)("radclient", ["-x", "-t", "5", "-r", "1", `127.0.0.1:${port}`, "auth", secret]);
  running.child.stdin?.end(`${input}\n`);
  return (await running).stdout;
}
