import type { Log, Readiness, Stages } from "@portcullis/kit";
import type { ExchangeId, FrontEndAnswer } from "@portcullis/login";
import {
  Code,
  type DiscardReason,
  loopRefusalAttributes,
  octetsOf,
  type Packet,
  type ReceivedRequest,
  type SharedSecret,
} from "@portcullis/radius";
import type { AnswerAccessRequest } from "../../application/answer-access-request.js";
import type { AccessRequest } from "../../domain/access-request.js";
import { codeLabel, type GatewayMetrics } from "../prometheus/gateway-metrics.js";
import type { AccountingServer } from "./accounting-server.js";
import type { Admission } from "./admission.js";
import { breaksConnection, checkDatagram, checkTlsPacket } from "./check-packet.js";
import type { ClientRegistry } from "./client-registry.js";
import type { ClientUsage } from "./client-usage.js";
import { type Discards, UNKNOWN_CLIENT, type Unanswered } from "./discards.js";
import { encodeAnswer, encodeStatusAnswer } from "./encode-answer.js";
import type { RadiusClient } from "./radius-client.js";
import { readAccessRequest } from "./read-access-request.js";
import type { Sender } from "./sender.js";

/** Exchanges that wait for a reply in this process; each keeps its packet. */
const MAX_WAITING = 50_000;
/** The part of them that new logins may fill; the rest is for answers to challenges that we issued. RFC 5080 section 2.2.3. */
const NEW_LOGINS_SHARE = 0.8;
const DONE = Promise.resolve();
const LOOP_REFUSAL = octetsOf(loopRefusalAttributes());

export interface RadiusServerParts {
  readonly clients: ClientRegistry;
  readonly usage: ClientUsage;
  readonly answerAccessRequest: Pick<AnswerAccessRequest, "answer" | "continuesLogin">;
  readonly accounting: Pick<AccountingServer, "take">;
  readonly admission: Admission;
  /** Whether this process comes to its work too late. */
  readonly eventLoop: { readonly isLate: boolean };
  /** Our own Proxy-State, in requests to targets. */
  readonly loopTag: Uint8Array;
  readonly readiness: Readiness;
  readonly discards: Discards;
  readonly metrics: GatewayMetrics;
  readonly stages: Pick<Stages, "observe">;
  readonly log: Log;
}

/** An exchange that waits for its answer. */
interface AskedExchange {
  readonly exchangeId: ExchangeId;
  readonly looped: boolean;
  /** What the reply is signed with. */
  readonly secret: SharedSecret;
  readonly packet: Packet;
  readonly client: RadiusClient;
  readonly sender: Sender;
  readonly startedAt: number;
}

/**
 * One packet from start to end, in the order of RFC 2865, 3579 and 5080: the client by its address (over TLS by its
 * certificate, which the connection knows), its quota, the checks of the packet, then Status-Server or an exchange. Whatever
 * happens, it ends in one reply or one counted reason for none.
 */
export class RadiusServer {
  readonly #parts: RadiusServerParts;
  readonly #maxWaiting: number;
  readonly #highWater: number;
  /** Where the reply of a waiting exchange goes: to whoever sent it last. A client may retransmit from another port. */
  readonly #newest = new Map<ExchangeId, Sender>();

  constructor(parts: RadiusServerParts, maxWaiting = MAX_WAITING) {
    this.#parts = parts;
    this.#maxWaiting = maxWaiting;
    this.#highWater = Math.ceil(maxWaiting * NEW_LOGINS_SHARE);
  }

  /** Takes one datagram. Resolves when it is done with; never throws, nor rejects. */
  receive(datagram: Uint8Array, sender: Sender): Promise<void> {
    const client = this.#parts.clients.find(sender.sourceAddress);
    if (client === undefined) {
      this.#discard(UNKNOWN_CLIENT, "client-unknown", sender);
      return DONE;
    }
    return this.#guarded(client, sender, () => {
      const received = this.#check(client, datagram, sender);
      if (typeof received !== "string") return this.#take(received, client, sender);
      this.#discard(client.name, received, sender);
      return undefined;
    });
  }

  /**
   * Takes one packet that came over TLS from this client.
   * @returns why the connection must be closed, or undefined: the reply, if there is one, comes later. Never throws.
   */
  receiveOverTls(packet: Uint8Array, client: RadiusClient, sender: Sender): DiscardReason | undefined {
    const tooFast = this.#parts.admission.charge(client, sender.sourceAddress);
    if (tooFast !== undefined) {
      this.#discard(client.name, tooFast, sender);
      return undefined;
    }
    const received = checkTlsPacket(packet);
    if (typeof received === "string") {
      this.#discard(client.name, received, sender);
      return breaksConnection(received) ? received : undefined;
    }
    void this.#guarded(client, sender, () => this.#take(received, client, sender));
    return undefined;
  }

  /** Counts what comes to nothing before its checks. */
  discard(reason: Unanswered, sourceAddress: string, client = UNKNOWN_CLIENT): void {
    this.#parts.discards.add(client, reason, sourceAddress);
  }

  #check(client: RadiusClient, datagram: Uint8Array, { sourceAddress, sourcePort, port }: Sender) {
    if (sourcePort === 0) return "source-unusable";
    return this.#parts.admission.charge(client, sourceAddress) ?? checkDatagram(datagram, client, port);
  }

  /**
   * What nobody foresaw is caught here, whenever it happens, and nowhere else. Nothing on the way is `async`: each exchange
   * that waits would keep such a function's frame, half a kilobyte, and some 20,000 of them may wait.
   */
  #guarded(client: RadiusClient, sender: Sender, work: () => Promise<void> | undefined): Promise<void> {
    try {
      return work() ?? DONE;
    } catch (error) {
      this.#bug(client, error, sender);
      return DONE;
    }
  }

  #take(received: ReceivedRequest, client: RadiusClient, sender: Sender): Promise<void> | undefined {
    const { packet, authenticated } = received;
    const tooFast = this.#parts.admission.chargeClient(client);
    if (tooFast !== undefined) {
      this.#discard(client.name, tooFast, sender);
      return undefined;
    }
    this.#parts.metrics.requests.inc({ client: client.name, code: codeLabel(packet.code) });
    this.#parts.usage.addRequest(client, received);
    if (!authenticated) this.#parts.metrics.unsigned.inc({ client: client.name });
    if (packet.code === Code.AccessRequest) return this.#exchange(received, client, sender);
    if (packet.code === Code.StatusServer) this.#answerStatus(received, client, sender);
    else {
      const { accounting } = this.#parts;
      return accounting.take(received, client, sender).catch((error: unknown) => this.#bug(client, error, sender));
    }
    return undefined;
  }

  /** RFC 5997: at once, outside of everything else. Not ready means silence, so that the client goes to its next server. */
  #answerStatus({ packet, secret }: ReceivedRequest, client: RadiusClient, sender: Sender): void {
    const ready = this.#parts.readiness.missing().length === 0;
    const code = sender.port === "accounting" ? Code.AccountingResponse : Code.AccessAccept;
    if (ready) this.#send(encodeStatusAnswer(packet, secret, code), code, client, sender);
    else this.#discard(client.name, "not-ready", sender);
  }

  #exchange(received: ReceivedRequest, client: RadiusClient, sender: Sender): Promise<void> | undefined {
    const startedAt = performance.now();
    const read = readAccessRequest(received, client, sender, this.#parts.loopTag);
    const { request } = read;
    if (read.secretSuspect) this.#parts.discards.addSecretSuspect(client.name, sender.sourceAddress);
    else if (request.credential.kind === "password") this.#parts.usage.addSecret(client, read.secret);
    const overload = this.#overloadOf(request);
    if (overload !== undefined) {
      this.#discard(client.name, overload, sender);
      return undefined;
    }
    const { exchangeId, looped } = request;
    const answer = this.#parts.answerAccessRequest.answer(request);
    // A retransmission only leaves its sender here: whoever handed the exchange in first gets the answer.
    this.#newest.set(exchangeId, sender);
    const { packet } = received;
    return this.#await(answer, { exchangeId, looped, secret: read.secret, packet, client, sender, startedAt });
  }

  /** A function of its own, as what waits here would else keep all that was read of the packet. Never rejects. */
  #await(answer: Promise<FrontEndAnswer>, asked: AskedExchange): Promise<void> {
    return answer.then(
      (answered) => this.#guarded(asked.client, asked.sender, () => this.#answered(asked, answered)),
      (error: unknown) => {
        this.#newest.delete(asked.exchangeId);
        this.#bug(asked.client, error, asked.sender);
      },
    );
  }

  #answered(asked: AskedExchange, answer: FrontEndAnswer): undefined {
    const { metrics, log, stages } = this.#parts;
    const { exchangeId, client, sender } = asked;
    if (answer.kind === "reply") {
      const newest = this.#takeNewest(exchangeId, sender);
      // The sender of a looped request has to learn from the reject that it was one.
      const reply = asked.looped ? { ...answer.reply, attributes: LOOP_REFUSAL } : answer.reply;
      const { octets, code, cut } = encodeAnswer(reply, asked.packet, asked.secret);
      if (cut) log.error("radius.reply_too_big", { client: client.name, exchangeId });
      this.#send(octets, code, client, newest);
      if (answer.again) metrics.duplicates.inc({ client: client.name });
      else if (answer.reply.notBeforeMs === 0) stages.observe("gateway.exchange", asked.startedAt);
    } else if (answer.why === "waiting-here") {
      metrics.duplicates.inc({ client: client.name });
    } else {
      this.#discard(client.name, answer.why, this.#takeNewest(exchangeId, sender));
    }
  }

  /** Retransmissions of what waits here come first, then answers to challenges that we issued, new logins last. */
  #overloadOf(request: AccessRequest): "too-many-waiting" | "overloaded" | undefined {
    const { eventLoop, answerAccessRequest } = this.#parts;
    const waiting = this.#newest.size;
    if ((waiting < this.#highWater && !eventLoop.isLate) || this.#newest.has(request.exchangeId)) return undefined;
    if (waiting >= this.#maxWaiting) return "too-many-waiting";
    return answerAccessRequest.continuesLogin(request) ? undefined : "overloaded";
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

  #bug(client: RadiusClient, error: unknown, sender: Sender): void {
    this.#discard(client.name, "bug", sender);
    this.#parts.log.error("radius.bug", { client: client.name, error });
  }
}
