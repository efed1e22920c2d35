import { createHash } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { type Configuration, type RadiusTargetEntry, Secret } from "@portcullis/configuration";
import { readEnvironment } from "@portcullis/kit";
import { Code, encodeReply, RadiusClient, receiveRequest, SharedSecret, textAttribute } from "@portcullis/radius";
import { afterEach, describe, expect, it } from "vitest";
import { DoctorEnvironment } from "../../config.js";
import type { DoctorContext, Finding, LoginToTry } from "../check.js";
import { accountingCheck } from "./accounting.js";
import { serverFinding, targetsCheck } from "./targets.js";
import { testLoginCheck } from "./test-login.js";

const SECRET = "Zk3vR8pQ2mX6tB1w";
const REPLY_MESSAGE = 18;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

const DECISIONS = { accept: Code.AccessAccept, reject: Code.AccessReject, challenge: Code.AccessChallenge } as const;
/** unsigned: without Message-Authenticator; stranger: that, and with another secret. */
type Behaviour = keyof typeof DECISIONS | "unsigned" | "stranger" | "silent";

/** A RADIUS server. @returns its port */
async function server(behaviour: Behaviour): Promise<number> {
  const socket = createSocket("udp4");
  sockets.push(socket);
  socket.on("message", (datagram, from) => {
    const reply = replyTo(datagram, behaviour);
    if (reply !== undefined) socket.send(reply, from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket.address().port;
}

function replyTo(datagram: Buffer, behaviour: Behaviour): Buffer | undefined {
  if (behaviour === "silent") return undefined;
  if (behaviour === "unsigned") return bareAccept(datagram, SECRET);
  if (behaviour === "stranger") return bareAccept(datagram, "another secret");
  const secret = new SharedSecret(SECRET);
  const received = receiveRequest(datagram, { secrets: [secret], ...OPTIONS });
  if (!("packet" in received)) return undefined;
  const attributes = textAttribute(REPLY_MESSAGE, "Enter\u001b[31m code");
  const reply = encodeReply({ code: DECISIONS[behaviour], request: received.packet, secret, attributes });
  return typeof reply === "string" ? undefined : Buffer.from(reply);
}

/** Access-Accept without attributes. RFC 2865 section 3. */
function bareAccept(request: Buffer, secret: string): Buffer {
  const reply = Buffer.concat([Buffer.of(2, request.readUInt8(1), 0, 20), request.subarray(4, 20)]);
  reply.set(createHash("md5").update(reply).update(secret).digest(), 4);
  return reply;
}

const OPTIONS = {
  requireMessageAuthenticator: true,
  limitProxyState: true,
  allowedCodes: [Code.AccessRequest, Code.StatusServer],
};

function contextOf(
  port: number,
  more: { requireMessageAuthenticator?: string; login?: LoginToTry } = {},
): DoctorContext {
  const { requireMessageAuthenticator = "auto", login } = more;
  const servers = [
    { address: "127.0.0.1", port, secret: new Secret(SECRET), accountingPort: 1813, requireMessageAuthenticator },
  ];
  const configuration = {
    file: "/p.yaml",
    radius: { listen: [] },
    clients: [{ name: "vpn", target: "nps", addresses: ["10.0.0.1/32"], secrets: [new Secret(SECRET)] }],
    targets: [{ name: "nps", type: "radius", servers }],
    users: [],
    warnings: [],
  };
  return {
    file: "/p.yaml",
    loaded: { ok: true, value: configuration as unknown as Configuration }, // What the check reads.
    settings: readEnvironment(DoctorEnvironment, {}),
    ...(login === undefined ? {} : { login }),
  };
}

const run = async (port: number, requireMessageAuthenticator?: string): Promise<readonly Finding[]> =>
  targetsCheck.run(contextOf(port, requireMessageAuthenticator === undefined ? {} : { requireMessageAuthenticator }));

/** As the check does, only with less patience. */
async function ask(port: number): Promise<Finding> {
  const secret = new SharedSecret(SECRET);
  const client = new RadiusClient({ host: "127.0.0.1", port, secret, intervalMs: 100, tries: 1 });
  const server = {
    address: "127.0.0.1",
    port,
    secret: new Secret(SECRET),
    accountingPort: 1813,
    requireMessageAuthenticator: "auto" as const,
  };
  return serverFinding(await client.send({ code: Code.StatusServer }), { target: "nps", server });
}

describe("targets", () => {
  it("measures the answer to Status-Server", async () => {
    const port = await server("accept");
    expect(await run(port)).toMatchObject([
      { level: "ok", what: expect.stringMatching(/127\.0\.0\.1:\d+ \(nps\) answers Status-Server in \d+\.\d ms/) },
    ]);
  });

  it("says what silence means", async () => {
    expect(await ask(await server("silent"))).toMatchObject({
      level: "warning",
      what: expect.stringContaining("does not answer"),
      why: expect.stringContaining("NPS"),
    });
  });

  it("finds replies that are not signed: worse where they must be", async () => {
    const port = await server("unsigned");
    expect(await run(port)).toMatchObject([
      { level: "warning", what: expect.stringContaining("without Message-Auth") },
    ]);
    expect(await run(port, "yes")).toMatchObject([{ level: "error" }]);
  });

  it("tells another secret from silence", async () => {
    expect(await ask(await server("stranger"))).toMatchObject({
      level: "error",
      what: expect.stringContaining("not with the secret"),
      todo: expect.stringContaining("secrets"),
    });
  });

  it("is no error of a login when nothing listens at an accounting port", async () => {
    const port = await server("silent");
    sockets.pop()?.close();
    const context = contextOf(port);
    if (!context.loaded.ok) throw new Error("It is loaded.");
    const { clients, targets } = context.loaded.value;
    const servers = [{ ...(targets[0] as RadiusTargetEntry).servers[0], accountingPort: port }];
    const forwarding = (accounting: string) => {
      const value = { clients: [{ ...clients[0], accounting }], targets: [{ ...targets[0], servers }] };
      return { ...context, loaded: { ok: true, value: value as unknown as Configuration } as const }; // As above.
    };
    expect(await accountingCheck.run(forwarding("record"))).toEqual([]);
    expect(await accountingCheck.run(forwarding("forward"))).toMatchObject([
      { level: "warning", what: expect.stringContaining("Nothing listens") },
    ]);
  });

  it("tells a port on which nothing listens", async () => {
    const port = await server("silent");
    sockets.pop()?.close();
    expect(await run(port)).toMatchObject([{ level: "error", what: expect.stringContaining("Nothing listens") }]);
  });
});

describe("a test login", () => {
  const login = { user: "alice", password: "correct horse", client: "vpn" };
  const attempt = async (behaviour: Behaviour, other: Partial<LoginToTry> = {}) =>
    testLoginCheck.run(contextOf(await server(behaviour), { login: { ...login, ...other } }));

  it("goes to the client's target and says what it decided", async () => {
    expect(await attempt("accept")).toMatchObject([
      { level: "ok", what: expect.stringContaining("is accepted by target nps") },
    ]);
    expect(await attempt("reject")).toMatchObject([{ level: "error", what: expect.stringContaining("is rejected") }]);
    const [challenge] = await attempt("challenge");
    expect(challenge).toMatchObject({ level: "ok", what: expect.stringContaining("asked for the next factor") });
    expect(challenge?.what).not.toContain("\u001b");
  });

  it("knows a client that is not there, and none on this machine", async () => {
    expect(await attempt("accept", { client: "vpm" })).toMatchObject([
      { level: "error", what: 'There is no client "vpm".', todo: "There is vpn." },
    ]);
    const { client: _, ...own } = login;
    const findings = await testLoginCheck.run(contextOf(await server("accept"), { login: own }));
    expect(findings).toMatchObject([{ level: "error", what: expect.stringContaining("No client has an address") }]);
  });
});
