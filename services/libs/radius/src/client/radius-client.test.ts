import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import {
  AttributeType,
  buildAccessRequest,
  Code,
  decodeUtf8,
  decryptUserPassword,
  type ExchangeResult,
  encodeReply,
  isExchangeFailed,
  proxyStateAttribute,
  RadiusClient,
  type RadiusClientOptions,
  type ReceivedRequest,
  receiveRequest,
  SharedSecret,
} from "../index.js";
import { withBitTurned } from "../testing/forge.js";

const SECRET = new SharedSecret("testing123");
const AUTHENTICATOR = new Uint8Array(16).fill(3);
const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) {
    socket.close();
  }
});

describe("RadiusClient", () => {
  it("signs, hides the password, and returns the reply with what was sent", async () => {
    const seen: string[] = [];
    const client = await clientOf((request, answer) => {
      const { packet } = request;
      const hidden = packet.first(AttributeType.UserPassword) ?? new Uint8Array();
      const clear = decryptUserPassword(hidden, SECRET, packet.authenticator);
      seen.push(decodeUtf8(clear as Uint8Array) ?? "", String(packet.typeAt(0)), String(request.authenticated));
      answer(accept(request));
    });
    const attributes = [proxyStateAttribute(Buffer.from("p"))];
    const result = exchanged(await client.send({ userName: "alice", password: "correct horse", attributes }));
    expect(seen).toEqual(["correct horse", String(AttributeType.MessageAuthenticator), "true"]);
    expect(result).toMatchObject({ attempts: 1, ignored: {} });
    expect(result.packet.code).toBe(Code.AccessAccept);
    expect(result.packet.all(AttributeType.ProxyState)).toHaveLength(1);
    expect(result.replyOctets).toEqual(result.packet.octets);
    expect(result.elapsedMs).toBeGreaterThanOrEqual(0);
  });

  it("asks with Status-Server", async () => {
    const client = await clientOf((request, answer) => {
      expect(request.packet.code).toBe(Code.StatusServer);
      answer(accept(request));
    });
    expect(exchanged(await client.send({ code: Code.StatusServer })).packet.code).toBe(Code.AccessAccept);
  });

  it("sends the same octets from the same port until there is a reply", async () => {
    const seen: string[] = [];
    const client = await clientOf(
      (request, answer, from) => {
        seen.push(`${from.port} ${Buffer.from(request.packet.octets).toString("hex")}`);
        if (seen.length === 3) {
          answer(accept(request));
        }
      },
      { intervalMs: 20, tries: 5 },
    );
    expect(exchanged(await client.send({ userName: "alice", password: "x" })).attempts).toBe(3);
    expect(new Set(seen).size).toBe(1);
  });

  it("takes another Identifier and authenticator for each request, and those that are asked for", async () => {
    const seen: string[] = [];
    const client = await clientOf((request, answer) => {
      seen.push(`${request.packet.identifier} ${Buffer.from(request.packet.authenticator).toString("hex")}`);
      answer(accept(request));
    });
    await client.send({ userName: "alice", password: "x" });
    await client.send({ userName: "alice", password: "x" });
    await client.send({ userName: "alice", password: "x", identifier: 255, authenticator: AUTHENTICATOR });
    expect(new Set(seen.map((line) => line.split(" ")[1])).size).toBe(3);
    expect(seen[2]).toBe(`255 ${"03".repeat(16)}`);
  });

  it("takes what the injected source of randomness gives", async () => {
    const client = await clientOf((request, answer) => answer(accept(request)), {
      random: (lengthBytes) => new Uint8Array(lengthBytes).fill(9),
    });
    const { requestOctets } = exchanged(await client.send({ userName: "alice", password: "x" }));
    expect([requestOctets[1], ...requestOctets.subarray(4, 20)]).toEqual(Array.from({ length: 17 }, () => 9));
  });

  it("ignores and counts what does not verify, and takes the reply behind it", async () => {
    const client = await clientOf((request, answer) => {
      const good = accept(request);
      answer(withBitTurned(good, 1));
      answer(withBitTurned(good, 5));
      answer(withBitTurned(good, 6));
      answer(Buffer.from("?"));
      answer(good);
    });
    const { ignored, attempts } = exchanged(await client.send({ userName: "alice", password: "x" }));
    expect(ignored).toEqual({ "identifier-other": 1, "response-authenticator-wrong": 2, "too-short": 1 });
    expect(attempts).toBe(1);
  });

  it("does not take a reply from another port of the server", async () => {
    const stranger = createSocket("udp4");
    sockets.push(stranger);
    const client = await clientOf(
      (request, _answer, from) => {
        stranger.send(accept(request), from.port, from.address);
      },
      { intervalMs: 30, tries: 2 },
    );
    expect(await client.send({ userName: "alice", password: "x" })).toMatchObject({
      failure: "timeout",
      attempts: 2,
      ignored: {},
    });
  });

  it("ends in timeout after the last wait", async () => {
    const client = await clientOf(() => undefined, { intervalMs: 20, tries: 2 });
    const result = await client.send({ userName: "alice", password: "x" });
    expect(result).toMatchObject({ failure: "timeout", attempts: 2 });
    expect(result.elapsedMs).toBeGreaterThanOrEqual(35);
  });

  it("says unreachable when nobody listens, at once when told to", async () => {
    const port = await freePort();
    const base = { host: "127.0.0.1", port, secret: SECRET, intervalMs: 20, tries: 2 };
    const patient = await new RadiusClient(base).send({ userName: "alice" });
    expect(patient).toMatchObject({ failure: "unreachable", systemCode: "ECONNREFUSED", attempts: 2 });
    const hasty = new RadiusClient({ ...base, intervalMs: 10_000, giveUpWhenUnreachable: true });
    expect(await hasty.send({ userName: "alice" })).toMatchObject({ failure: "unreachable", attempts: 1 });
  });

  it("goes on after ICMP and takes the reply of a server that is there later", async () => {
    const port = await freePort();
    const client = new RadiusClient({ host: "127.0.0.1", port, secret: SECRET, intervalMs: 100, tries: 20 });
    const pending = client.send({ userName: "alice", password: "x" });
    setTimeout(() => void serve((request, answer) => answer(accept(request)), port), 150);
    expect(exchanged(await pending).attempts).toBeGreaterThan(1);
  });

  it("sends from the local port that is asked for, also again, and says when it is taken", async () => {
    const ports: number[] = [];
    const localPort = await freePort();
    const client = await clientOf(
      (request, answer, from) => {
        ports.push(from.port);
        answer(accept(request));
      },
      { localPort, localAddress: "127.0.0.1" },
    );
    await client.send({ userName: "alice", password: "x" });
    await client.send({ userName: "alice", password: "x" });
    expect(ports).toEqual([localPort, localPort]);
    const occupant = createSocket("udp4");
    sockets.push(occupant);
    occupant.bind(localPort, "127.0.0.1");
    await once(occupant, "listening");
    expect(await client.send({ userName: "alice" })).toMatchObject({
      failure: "local-address",
      systemCode: "EADDRINUSE",
    });
  });

  it("says what cannot be built or resolved, and sends nothing", async () => {
    const client = new RadiusClient({ host: "no.such.host.invalid", port: 1812, secret: SECRET });
    const attributes = Array.from({ length: 20 }, () => proxyStateAttribute(new Uint8Array(253)));
    expect(await client.send({ password: "p".repeat(129) })).toMatchObject({
      failure: "password-too-long",
      attempts: 0,
    });
    expect(await client.send({ attributes })).toMatchObject({ failure: "too-big", attempts: 0 });
    expect(await client.send({ userName: "alice" })).toMatchObject({ failure: "unresolvable", attempts: 0 });
    await expect(client.exchange(Buffer.from("no packet"))).rejects.toThrow(RangeError);
  });
});

describe("buildAccessRequest", () => {
  const parts = { secret: SECRET, identifier: 5, authenticator: AUTHENTICATOR, userName: "alice", password: "x" };

  it("makes the same octets again, and signs, omits or spoils Message-Authenticator", () => {
    expect(buildAccessRequest(parts)).toEqual(buildAccessRequest(parts));
    expect(received(buildAccessRequest(parts))).toBe("authenticated");
    expect(received(buildAccessRequest({ ...parts, messageAuthenticator: "omitted" }))).toBe(
      "message-authenticator-missing",
    );
    expect(received(buildAccessRequest({ ...parts, messageAuthenticator: "wrong" }))).toBe(
      "message-authenticator-wrong",
    );
  });
});

function received(octets: Uint8Array | string): string {
  const result = receive(Buffer.from(octets));
  return "discard" in result ? result.discard : "authenticated";
}

type Handler = (request: ReceivedRequest, answer: (octets: Buffer) => void, from: RemoteInfo) => void;

/** A server that verifies each request and hands it to the test. */
async function serve(handler: Handler, port = 0): Promise<number> {
  const socket = createSocket("udp4");
  sockets.push(socket);
  socket.on("message", (datagram, from) => {
    const request = receive(datagram);
    if (!("discard" in request)) {
      handler(request, (octets) => socket.send(octets, from.port, from.address), from);
    }
  });
  socket.bind(port, "127.0.0.1");
  await once(socket, "listening");
  return socket.address().port;
}

async function clientOf(handler: Handler, options: Partial<RadiusClientOptions> = {}): Promise<RadiusClient> {
  return new RadiusClient({ host: "127.0.0.1", port: await serve(handler), secret: SECRET, ...options });
}

function receive(datagram: Uint8Array) {
  return receiveRequest(datagram, {
    secrets: [SECRET],
    requireMessageAuthenticator: true,
    limitProxyState: true,
    allowedCodes: [Code.AccessRequest, Code.StatusServer],
  });
}

function accept({ packet, secret }: ReceivedRequest): Buffer {
  return encodeReply({ code: Code.AccessAccept, request: packet, secret, attributes: [] }) as Buffer;
}

function exchanged(result: ExchangeResult) {
  if (isExchangeFailed(result)) {
    throw new Error(`no reply: ${result.failure}`);
  }
  return result;
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}
