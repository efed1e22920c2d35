import type { Log, Readiness, Stages } from "@portcullis/kit";
import type { ExchangeId, FrontEndAnswer } from "@portcullis/login";
import { Code, type ReceivedRequest, type RequestCode, receiveRequest } from "@portcullis/radius";
import type { AnswerAccessRequest } from "../../application/answer-access-request.js";
import type { AccessRequest } from "../../domain/access-request.js";
import type { PacketRoute } from "../../domain/exchange-id.js";
import { codeLabel, type GatewayMetrics } from "../prometheus/gateway-metrics.js";
import type { ClientRegistry } from "./client-registry.js";
import { type Discards, UNKNOWN_CLIENT, type Unanswered } from "./discards.js";
import { encodeAnswer, encodeStatusAnswer } from "./encode-answer.js";
import type { RadiusClient } from "./radius-client.js";
import { readAccessRequest } from "./read-access-request.js";

const AUTHENTICATION_CODES: readonly RequestCode[] = [Code.AccessRequest, Code.StatusServer];
/** Exchanges that wait for a reply in this process; each keeps its packet. */
const MAX_WAITING = 50_000;

/** Who sent a datagram; the reply leaves from the socket that it came to. */
export interface Sender extends PacketRoute {
  reply(octets: Uint8Array): void;
}

export interface RadiusServerParts {
  readonly clients: ClientRegistry;
  readonly answerAccessRequest: Pick<AnswerAccessRequest, "answer">;
  readonly readiness: Readiness;
  readonly discards: Discards;
  readonly metrics: GatewayMetrics;
  readonly stages: Pick<Stages, "observe">;
  readonly log: Log;
}

/**
 * One datagram from start to end, in the order of RFC 2865, 3579 and 5080: the client by its address, the checks of the
 * packet, then Status-Server or an exchange. Whatever happens, it ends in one reply or one counted reason for none.
 */
export class RadiusServer {
  readonly #parts: RadiusServerParts;
  readonly #maxWaiting: number;
  /** Where the reply of a waiting exchange goes: to whoever sent it last. A client may retransmit from another port. */
  readonly #newest = new Map<ExchangeId, Sender>();

  constructor(parts: RadiusServerParts, maxWaiting = MAX_WAITING) {
    this.#parts = parts;
    this.#maxWaiting = maxWaiting;
  }

  /** Takes one datagram. Resolves when it is done with; never rejects: what nobody foresaw is caught here and nowhere else. */
  async receive(datagram: Uint8Array, sender: Sender): Promise<void> {
    const client = this.#parts.clients.find(sender.sourceAddress);
    if (client === undefined) return this.#discard(UNKNOWN_CLIENT, "client-unknown", sender);
    try {
      await this.#receiveFrom(client, datagram, sender);
    } catch (error) {
      this.#discard(client.name, "bug", sender);
      this.#parts.log.error("radius.bug", { client: client.name, error });
    }
  }

  async #receiveFrom(client: RadiusClient, datagram: Uint8Array, sender: Sender): Promise<void> {
    if (sender.sourcePort === 0) return this.#discard(client.name, "source-unusable", sender);
    const received = check(datagram, client);
    if (typeof received === "string") return this.#discard(client.name, received, sender);
    const { packet, authenticated } = received;
    this.#parts.metrics.requests.inc({ client: client.name, code: codeLabel(packet.code) });
    if (!authenticated) this.#parts.metrics.unsigned.inc({ client: client.name });
    if (packet.code === Code.StatusServer) return this.#answerStatus(received, client, sender);
    return this.#exchange(received, client, sender);
  }

  /** RFC 5997: at once, outside of everything else. Not ready means silence, so that the client goes to its next server. */
  #answerStatus({ packet, secret }: ReceivedRequest, client: RadiusClient, sender: Sender): void {
    const ready = this.#parts.readiness.missing().length === 0;
    if (ready) this.#send(encodeStatusAnswer(packet, secret), Code.AccessAccept, client, sender);
    else this.#discard(client.name, "not-ready", sender);
  }

  async #exchange(received: ReceivedRequest, client: RadiusClient, sender: Sender): Promise<void> {
    const startedAt = performance.now();
    const { metrics, discards } = this.#parts;
    const read = readAccessRequest(received, client, sender);
    if (read.secretSuspect) discards.addSecretSuspect(client.name, sender.sourceAddress);
    const { exchangeId } = read.request;
    if (this.#newest.size >= this.#maxWaiting && !this.#newest.has(exchangeId)) {
      return this.#discard(client.name, "too-many-waiting", sender);
    }
    const answer = await this.#answer(read.request, sender);
    if (answer.kind === "reply") {
      const newest = this.#takeNewest(exchangeId, sender);
      const { octets, code, cut } = encodeAnswer(answer.reply, received.packet, read.secret);
      if (cut) this.#parts.log.warn("radius.reply_too_big", { client: client.name, exchangeId });
      this.#send(octets, code, client, newest);
      if (answer.again) metrics.duplicates.inc({ client: client.name });
      else if (answer.reply.notBeforeMs === 0) this.#parts.stages.observe("gateway.exchange", startedAt);
    } else if (answer.why === "waiting-here") {
      metrics.duplicates.inc({ client: client.name });
    } else {
      this.#discard(client.name, answer.why, this.#takeNewest(exchangeId, sender));
    }
  }

  /** A retransmission only leaves its sender here: whoever handed the exchange in first gets the answer. */
  async #answer(request: AccessRequest, sender: Sender): Promise<FrontEndAnswer> {
    this.#newest.set(request.exchangeId, sender);
    try {
      return await this.#parts.answerAccessRequest.answer(request);
    } catch (error) {
      this.#newest.delete(request.exchangeId);
      throw error;
    }
  }

  #takeNewest(exchangeId: ExchangeId, sender: Sender): Sender {
    const newest = this.#newest.get(exchangeId) ?? sender;
    this.#newest.delete(exchangeId);
    return newest;
  }

  #send(octets: Uint8Array, code: number, client: RadiusClient, sender: Sender): void {
    sender.reply(octets);
    this.#parts.metrics.replies.inc({ client: client.name, code: codeLabel(code) });
  }

  #discard(client: string, reason: Unanswered, sender: Sender): void {
    this.#parts.discards.add(client, reason, sender.sourceAddress);
  }
}

/** The checks of the packet itself, and the client's settings for them. */
function check(datagram: Uint8Array, client: RadiusClient): ReceivedRequest | Unanswered {
  const [newest, ...older] = client.secrets;
  if (newest === undefined) return "secret-unreadable";
  const received = receiveRequest(datagram, {
    secrets: [newest, ...older],
    requireMessageAuthenticator: client.requireMessageAuthenticator,
    limitProxyState: client.limitProxyState,
    // RFC 3579 section 3.3 note 1 holds unless the requirement was switched off; the configuration's default is on.
    allowUnsignedWithoutCredential: !client.requireMessageAuthenticator,
    allowedCodes: AUTHENTICATION_CODES,
  });
  return "discard" in received ? received.discard : received;
}
