import { createHash } from "node:crypto";
import { createSocket, type RemoteInfo } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AttributeType,
  Code,
  decryptUserPassword,
  encodeReply,
  isMalformed,
  type Packet,
  receiveRequest,
  SharedSecret,
  stateAttribute,
} from "@portcullis/radius";
import { createGuardrails, verifySync } from "otplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BenchUsers, createUsers } from "../bench-users.js";
import { buildLoadgen } from "./build-loadgen.js";
import { type Load, runLoadgen } from "./run-loadgen.js";

const SECRET = "not the benchmark's";
const PASSWORD = "password of the first round";
const LOGINS = 40;

/** What the server does to a reply before it is sent; undefined: nothing is sent. */
type Tamper = (reply: Buffer, request: Packet) => Uint8Array | undefined;

let folder: string;
let program: string;
let users: BenchUsers;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-loadgen-"));
  users = createUsers(folder, "user", LOGINS);
  program = await buildLoadgen();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("loadgen", () => {
  it("goes both rounds with the right code and counts what is accepted", async () => {
    const { result, seen } = await loadServer((reply) => reply);
    expect(result).toMatchObject({ accepts: LOGINS, challenges: LOGINS, rejects: 0, lost: 0, badReplies: 0 });
    expect(result).toMatchObject({ unexpectedCodes: 0, retransmissions: 0, endedBy: "logins", nextUser: 0 });
    expect(new Set(seen)).toEqual(new Set(users.list.map(({ name }) => name)));
    expect(result.loginMs.p50).toBeGreaterThan(0);
    expect(result.loginMs.max).toBeGreaterThanOrEqual(result.loginMs.p99);
    expect(result.loginMs.p50).toBeGreaterThan(result.codeRoundMs.p50);
    expect(result.cpuSeconds).toBeGreaterThan(0);
    expect(result.loginsPerSecond).toBeGreaterThan(0);
  });

  it("counts a wrong code as rejected", async () => {
    const { result } = await loadServer((reply) => reply, { wrongCode: true });
    expect(result).toMatchObject({ accepts: 0, challenges: LOGINS, rejects: LOGINS, lost: 0 });
  });

  it("takes a challenge where none is expected as what it is", async () => {
    const { result } = await loadServer((reply) => reply, { mode: "pap" });
    expect(result).toMatchObject({ accepts: 0, unexpectedCodes: LOGINS, rejects: 0, lost: 0 });
  });

  it.each([
    ["the Response Authenticator", 4],
    ["the Code", 0],
    ["the Message-Authenticator", 25],
  ])("takes no reply in which one bit of %s is wrong, and counts it as bad", async (_what, at) => {
    const flipped = (reply: Buffer, { code, identifier }: Packet) => {
      const forged = Buffer.from(reply);
      if (code === Code.AccessRequest && identifier === reply[1]) forged.writeUInt8(reply.readUInt8(at) ^ 1, at);
      return forged;
    };
    const { result } = await loadServer(flipped, { logins: 5, retransmitMs: 50, timeoutMs: 100 });
    expect(result).toMatchObject({ accepts: 0, challenges: 0, rejects: 0, lost: 5 });
    expect(result.badReplies).toBeGreaterThanOrEqual(5);
  });

  it("takes no reply with a wrong Message-Authenticator under a right Response Authenticator", async () => {
    const { result } = await loadServer(withWrongMessageAuthenticator, { logins: 5, retransmitMs: 50, timeoutMs: 100 });
    expect(result).toMatchObject({ accepts: 0, challenges: 0, lost: 5 });
    expect(result.badReplies).toBeGreaterThanOrEqual(5);
  });

  it("takes a reply without Message-Authenticator only where none is required", async () => {
    const required = await loadServer(withoutMessageAuthenticator, { logins: 5, retransmitMs: 50, timeoutMs: 100 });
    expect(required.result).toMatchObject({ accepts: 0, challenges: 0, lost: 5 });
    expect(required.result.badReplies).toBeGreaterThanOrEqual(5);
    const { result } = await loadServer(withoutMessageAuthenticator, { requireMessageAuthenticator: false });
    expect(result).toMatchObject({ accepts: LOGINS, lost: 0, badReplies: 0 });
  });

  it("counts what is not answered as lost, after retransmissions of the same octets", async () => {
    const packets: string[] = [];
    const silent: Tamper = (_reply, request) => {
      packets.push(Buffer.from(request.octets).toString("hex"));
      return undefined;
    };
    const { result } = await loadServer(silent, { logins: 5, retransmitMs: 50, timeoutMs: 120 });
    expect(result).toMatchObject({ accepts: 0, lost: 5, badReplies: 0, retransmissions: 10 });
    expect(packets).toHaveLength(15);
    expect(new Set(packets).size).toBe(5);
  });

  it("is content with a reply that comes at the second try", async () => {
    const asked = new Set<string>();
    const late: Tamper = (reply, request) => {
      const key = Buffer.from(request.octets).toString("hex");
      if (asked.has(key)) return reply;
      asked.add(key);
      return undefined;
    };
    const { result } = await loadServer(late, { retransmitMs: 50 });
    expect(result).toMatchObject({ accepts: LOGINS, lost: 0, badReplies: 0, retransmissions: 2 * LOGINS });
  });
});

/** Runs the load generator against a server in this process. */
async function loadServer(tamper: Tamper, more: Partial<Load> = {}) {
  const seen: string[] = [];
  const socket = createSocket("udp4");
  const secret = new SharedSecret(SECRET);
  socket.on("message", (datagram: Buffer, from: RemoteInfo) => {
    const received = receiveRequest(datagram, {
      secrets: [secret],
      requireMessageAuthenticator: true,
      limitProxyState: true,
      allowedCodes: [Code.AccessRequest],
    });
    if ("discard" in received) throw new Error(`the load generator sent what is discarded: ${received.discard}`);
    const request = received.packet;
    const { code, attributes, user } = answer(request, secret);
    const reply = encodeReply({ code, request, secret, attributes });
    if (reply === "too-big") throw new Error("the reply is too big");
    if (code === Code.AccessAccept) seen.push(user);
    const sent = tamper(reply, request);
    if (sent !== undefined) socket.send(sent, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  try {
    const result = await runLoadgen({
      program,
      servers: [`127.0.0.1:${socket.address().port}`],
      secret: SECRET,
      usersPath: users.loadPath,
      mode: "totp",
      password: PASSWORD,
      inFlight: 8,
      logins: LOGINS,
      source: "127.0.0.1",
      requireMessageAuthenticator: true,
      ...more,
    });
    return { result, seen };
  } finally {
    socket.close();
  }
}

/** The reply with a right Response Authenticator. RFC 2865 section 3. */
function signed(reply: Buffer, request: Packet): Buffer {
  const hash = createHash("md5").update(reply.subarray(0, 4)).update(request.authenticator);
  hash.update(reply.subarray(20)).update(SECRET).digest().copy(reply, 4);
  return reply;
}

function withWrongMessageAuthenticator(reply: Buffer, request: Packet): Buffer {
  reply.writeUInt8(reply.readUInt8(25) ^ 1, 25);
  return signed(reply, request);
}

function withoutMessageAuthenticator(reply: Buffer, request: Packet): Buffer {
  const shorter = Buffer.concat([reply.subarray(0, 20), reply.subarray(38)]);
  shorter.writeUInt16BE(shorter.length, 2);
  return signed(shorter, request);
}

/** Two rounds: a challenge for the password, and an Accept for the code of the user that State names. */
function answer(request: Packet, secret: SharedSecret) {
  const user = textOf(request.first(AttributeType.UserName));
  const password = passwordOf(request, secret);
  const state = textOf(request.first(AttributeType.State));
  if (state === "") {
    return password === PASSWORD
      ? { code: Code.AccessChallenge, attributes: [stateAttribute(Buffer.from(user))], user }
      : { code: Code.AccessReject, attributes: [], user };
  }
  const { secret: seed = "" } = users.list.find(({ name }) => name === state) ?? {};
  const right = user === state && isCodeOf(seed, password);
  return { code: right ? Code.AccessAccept : Code.AccessReject, attributes: [], user };
}

/** The code of this time step or the one before: a retransmission carries the code of the first try. */
function isCodeOf(seed: string, token: string): boolean {
  if (!/^\d{6}$/u.test(token)) return false;
  return verifySync({ secret: seed, token, epochTolerance: [30, 0], guardrails: createGuardrails() }).valid;
}

function passwordOf(request: Packet, secret: SharedSecret): string {
  const hidden = request.first(AttributeType.UserPassword) ?? new Uint8Array();
  const password = decryptUserPassword(hidden, secret, request.authenticator);
  if (isMalformed(password)) throw new Error("the load generator hides passwords wrongly");
  return textOf(password);
}

function textOf(octets: Uint8Array | undefined): string {
  return octets === undefined ? "" : Buffer.from(octets).toString();
}
