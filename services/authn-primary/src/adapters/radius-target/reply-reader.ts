import {
  AttributeType,
  Code,
  clearReplyAttributes,
  isIgnored,
  isLoopRefusal,
  isMalformed,
  type Packet,
  verifyReply,
} from "@portcullis/radius";
import type { Read } from "./sent-request.js";
import type { TargetServerOptions } from "./target-options.js";

/** A reply that verified. */
export interface ServerReply {
  readonly code: number;
  /** In clear, see `clearReplyAttributes`. */
  readonly attributes: Uint8Array;
  /** Whether the server refuses because the request came back to us. */
  readonly loop: boolean;
}

export interface ReplyReaderParts {
  readonly server: TargetServerOptions;
  /** Our own, which a reply has to hold. */
  readonly proxyState: Uint8Array;
  /** A reply to a request verified. */
  readonly answered: () => void;
  /** A reply to a Status-Server verified. */
  readonly statusAnswered: () => void;
  readonly messageAuthenticatorLearnt: () => void;
}

const NO_OCTETS = new Uint8Array();

/** Decides about the datagrams of one server. Nothing but a reply that verifies, and that is ours, counts. */
export class ReplyReader {
  readonly #parts: ReplyReaderParts;
  #learnt: boolean;

  constructor(parts: ReplyReaderParts) {
    this.#parts = parts;
    this.#learnt = parts.server.messageAuthenticatorLearnt ?? false;
  }

  /** @param request as it was sent, Status-Server included; the Identifier of the datagram is that of the request */
  read(datagram: Uint8Array, request: Packet): Read<ServerReply> {
    const { server, proxyState } = this.#parts;
    const { secret } = server;
    const requireMessageAuthenticator = server.requireMessageAuthenticator === "yes" || this.#learnt;
    const reply = verifyReply(datagram, { request, secret, requireMessageAuthenticator });
    if (isIgnored(reply)) return reply;
    if (request.code === Code.StatusServer) {
      this.#parts.statusAnswered();
      return { taken: { code: reply.code, attributes: NO_OCTETS, loop: false } };
    }
    this.#parts.answered();
    const hop = { secret, requestAuthenticator: request.authenticator };
    const attributes = clearReplyAttributes(reply, { ...hop, proxyState });
    if (typeof attributes === "string") return { ignored: attributes };
    if (isMalformed(attributes)) return { ignored: attributes.malformed };
    this.#learnFrom(reply);
    return { taken: { code: reply.code, attributes, loop: isLoopRefusal(reply) } };
  }

  /** EAP has one by its RFC, so only other replies show that the server always sends it. */
  #learnFrom(reply: Packet): void {
    const { server, messageAuthenticatorLearnt } = this.#parts;
    if (this.#learnt || server.requireMessageAuthenticator !== "auto") return;
    if (!reply.hasMessageAuthenticator || reply.has(AttributeType.EapMessage)) return;
    this.#learnt = true;
    messageAuthenticatorLearnt();
  }
}
