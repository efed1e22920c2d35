import { createHash, createHmac } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import {
  type Attribute,
  Code,
  encodeReply,
  type ReceivedRequest,
  type ReplyCode,
  receiveRequest,
  type SharedSecret,
} from "@portcullis/radius";

/** The secret of every fake server. */
export const SECRET_TEXT = "secret of the target";

/** What a server of a test does with a request that verified; `answer` sends any octets to where it came from. */
export type Handler = (request: ReceivedRequest, answer: (octets: Uint8Array) => void, from: RemoteInfo) => void;

/** A server in this process that does what the test says. */
export class FakeTarget {
  readonly port: number;
  /** Requests that verified, without Status-Server. */
  readonly requests: ReceivedRequest[] = [];
  statusRequests = 0;
  handler: Handler;
  readonly #socket: Socket;
  #stopped = false;

  private constructor(socket: Socket, secret: SharedSecret, handler: Handler) {
    this.#socket = socket;
    this.port = socket.address().port;
    this.handler = handler;
    socket.on("message", (datagram, from) => this.#received(datagram, secret, from));
  }

  static async start(secret: SharedSecret, handler: Handler): Promise<FakeTarget> {
    const socket = createSocket({ type: "udp4", recvBufferSize: 4 << 20 });
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new FakeTarget(socket, secret, handler);
  }

  stop(): void {
    this.#stopped = true;
    this.#socket.close();
  }

  #received(datagram: Buffer, secret: SharedSecret, from: RemoteInfo): void {
    const request = receiveRequest(datagram, {
      secrets: [secret],
      requireMessageAuthenticator: true,
      limitProxyState: true,
      allowedCodes: [Code.AccessRequest, Code.AccountingRequest, Code.StatusServer],
    });
    if ("discard" in request) throw new Error(`the client sent what a server discards: ${request.discard}`);
    if (request.packet.code === Code.StatusServer) this.statusRequests++;
    else this.requests.push(request);
    const answer = (octets: Uint8Array): void => {
      // A late answer of a test that is over goes nowhere.
      if (!this.#stopped) this.#socket.send(octets, from.port, from.address);
    };
    this.handler(request, answer, from);
  }
}

/** The reply of a server that does as it should. */
export function replyTo(
  { packet, secret }: ReceivedRequest,
  code: ReplyCode = Code.AccessAccept,
  attributes: readonly Attribute[] = [],
): Buffer {
  const reply = encodeReply({ code, request: packet, secret, attributes });
  if (reply === "too-big") throw new Error("the reply of a test is too big");
  return reply;
}

/** An Access-Accept that the encoder rightly does not make: any attributes, no Proxy-State of its own accord, perhaps unsigned. */
export function handmadeReply(
  { packet }: ReceivedRequest,
  what: { readonly attributes: Uint8Array; readonly messageAuthenticator: boolean },
): Buffer {
  const place = what.messageAuthenticator ? Buffer.concat([Buffer.of(80, 18), Buffer.alloc(16)]) : Buffer.of();
  const header = Buffer.concat([Buffer.of(Code.AccessAccept, packet.identifier, 0, 0), packet.authenticator]);
  const reply = Buffer.concat([header, place, what.attributes]);
  reply.writeUInt16BE(reply.length, 2);
  if (what.messageAuthenticator) reply.set(createHmac("md5", SECRET_TEXT).update(reply).digest(), 22);
  reply.set(createHash("md5").update(reply).update(SECRET_TEXT).digest(), 4);
  return reply;
}
