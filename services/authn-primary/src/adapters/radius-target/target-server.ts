import {
  AUTHENTICATOR_BYTES,
  Code,
  decode,
  encodeRequest,
  encodeTargetRequest,
  isMalformed,
  type Packet,
  type RequestCode,
} from "@portcullis/radius";
import { ReplyReader, type ServerReply } from "./reply-reader.js";
import { type Sent, SentRequest } from "./sent-request.js";
import { ServerHealth } from "./server-health.js";
import { SocketPool } from "./socket-pool.js";
import {
  type HealthOptions,
  MAX_OUTSTANDING_WHEN_DEAD,
  type RetransmissionOptions,
  type ServerState,
  type TargetPorts,
  type TargetServerOptions,
} from "./target-options.js";

/** A request as every server of the target gets it. */
export interface ServerRequest {
  readonly code: RequestCode;
  /** In clear, see `clearRequestAttributes`. */
  readonly attributes: Uint8Array;
  /** By the clock. */
  readonly deadlineMs: number;
}

export type ServerOutcome =
  | { readonly kind: "reply"; readonly reply: ServerReply }
  | { readonly kind: "no-answer" }
  | { readonly kind: "too-big" };

export interface TargetServerParts extends TargetPorts {
  readonly server: TargetServerOptions;
  readonly proxyState: Uint8Array;
  readonly retransmission: RetransmissionOptions;
  readonly responseWindowMs: number;
  readonly health: HealthOptions;
}

/** A timeout says something about the server only when a lost datagram cannot have been the reason. */
const ATTEMPTS_THAT_COUNT = 2;

const NO_ANSWER: ServerOutcome = { kind: "no-answer" };
const TOO_BIG: ServerOutcome = { kind: "too-big" };

/** One server of a target: asks it, and knows how it is. */
export class TargetServer {
  /** Address and port: the same after a restart, whatever else changes in the configuration. */
  readonly id: string;
  readonly #parts: TargetServerParts;
  readonly #health: ServerHealth;
  readonly #pool: SocketPool;
  readonly #underWay = new Set<SentRequest<ServerReply>>();
  readonly #reader: ReplyReader;
  #checks: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: TargetServerParts) {
    const { server, metrics } = parts;
    this.#parts = parts;
    this.id = serverId(server);
    this.#health = new ServerHealth(parts.health, (state) => this.#stateChanged(state));
    this.#reader = new ReplyReader({
      server,
      proxyState: parts.proxyState,
      answered: () => this.#health.answered(this.#nowMs()),
      statusAnswered: () => this.#health.statusAnswered(this.#nowMs()),
      messageAuthenticatorLearnt: () => parts.messageAuthenticatorLearnt(this.id),
    });
    this.#pool = new SocketPool(server, () => metrics.replyIgnored(this.id, "nobody-waits"));
    metrics.stateChanged(this.id, "alive");
  }

  get state(): ServerState {
    return this.#health.state(this.#nowMs());
  }

  /**
   * Asks the server, within the response window and the deadline.
   * @throws Error when the attributes are none, which is a bug of who made them
   */
  async exchange(request: ServerRequest): Promise<ServerOutcome> {
    if (this.#closed || (this.state === "dead" && this.#underWay.size >= MAX_OUTSTANDING_WHEN_DEAD)) return NO_ANSWER;
    const { retransmission, responseWindowMs } = this.#parts;
    const startedMs = this.#nowMs();
    const endMs = Math.min(startedMs + responseWindowMs, request.deadlineMs);
    const sent = await this.#send({ code: request.code, retransmission, endMs }, (identifier) =>
      this.#encode(request, identifier),
    );
    if (sent === "too-big") return TOO_BIG;
    if (sent.kind === "reply") {
      this.#parts.metrics.replyReceived(this.id, sent.reply.code, this.#nowMs() - startedMs);
      return sent;
    }
    if (sent.kind === "no-answer" && !this.#closed) this.#unanswered(startedMs, sent.attempts);
    return NO_ANSWER;
  }

  /** Ends what is under way without an answer, and closes the sockets. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#checks);
    for (const request of this.#underWay) request.giveUp();
    this.#pool.renew();
  }

  async #send(
    what: { readonly code: RequestCode; readonly retransmission: RetransmissionOptions; readonly endMs: number },
    encode: (identifier: number) => Buffer | "too-big",
  ): Promise<Sent<ServerReply> | "too-big"> {
    const { clock, random, metrics } = this.#parts;
    let packet: Packet | undefined;
    const request = new SentRequest<ServerReply>({
      ...what,
      clock,
      random,
      read: (datagram) => (packet === undefined ? { ignored: "nobody-waits" } : this.#reader.read(datagram, packet)),
      ignored: (reason) => metrics.replyIgnored(this.id, reason),
      sent: (attempt) => metrics.requestSent(this.id, what.code, attempt),
    });
    const place = this.#pool.take(request);
    if (place === undefined) return { kind: "not-sent" };
    let octets: Buffer | "too-big";
    try {
      octets = encode(place.identifier);
      packet = octets === "too-big" ? undefined : packetOf(octets);
    } catch (error) {
      place.giveBack();
      throw error;
    }
    if (octets === "too-big") {
      place.giveBack();
      return octets;
    }
    this.#underWay.add(request);
    const sent = await request.run(place, octets);
    this.#underWay.delete(request);
    return sent;
  }

  #encode({ code, attributes }: ServerRequest, identifier: number): Buffer | "too-big" {
    const { server, proxyState, random } = this.#parts;
    const authenticator = random.bytes(AUTHENTICATOR_BYTES);
    const { secret } = server;
    const octets = encodeTargetRequest({ code, identifier, authenticator, secret, attributes, proxyState });
    if (typeof octets !== "string" && isMalformed(octets)) {
      throw new Error(`The attributes of a request are none: ${octets.malformed}.`);
    }
    return octets;
  }

  #unanswered(startedMs: number, attempts: number): void {
    this.#parts.metrics.timedOut(this.id);
    if (attempts >= Math.min(ATTEMPTS_THAT_COUNT, this.#parts.retransmission.tries)) {
      this.#health.unanswered(startedMs, this.#nowMs());
    }
  }

  #stateChanged(state: ServerState): void {
    const { metrics, health } = this.#parts;
    metrics.stateChanged(this.id, state);
    if (state === "alive") {
      clearInterval(this.#checks);
      this.#checks = undefined;
      return;
    }
    // What is wrong may be the sockets: another address of ours, of the server's name, or of a gateway in between.
    this.#pool.renew();
    if (this.#checks !== undefined || this.#closed) return;
    this.#checks = setInterval(() => void this.#check(), health.checkIntervalMs);
    this.#checks.unref();
    void this.#check();
  }

  /** Asks with Status-Server, where the server knows it, and lets time have its effect in any case. */
  async #check(): Promise<void> {
    const { health, server, random } = this.#parts;
    if (!health.statusServer) {
      this.#health.state(this.#nowMs());
      return;
    }
    const retransmission = { firstWaitMs: health.checkTimeoutMs, tries: 1 };
    const endMs = this.#nowMs() + health.checkTimeoutMs;
    const sent = await this.#send({ code: Code.StatusServer, retransmission, endMs }, (identifier) =>
      encodeRequest({
        code: Code.StatusServer,
        identifier,
        authenticator: random.bytes(AUTHENTICATOR_BYTES),
        secret: server.secret,
        attributes: [],
      }),
    );
    if (sent === "too-big" || sent.kind !== "reply") this.#health.statusUnanswered(this.#nowMs());
  }

  #nowMs(): number {
    return this.#parts.clock.nowMs();
  }
}

/** How a server is told apart: `address:port`, IPv6 in brackets. */
export function serverId({ address, port }: Pick<TargetServerOptions, "address" | "port">): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What we encoded ourselves is a packet. */
function packetOf(octets: Uint8Array): Packet {
  const packet = decode(octets);
  if (isMalformed(packet)) throw new Error(`A request of ours is malformed: ${packet.malformed}.`);
  return packet;
}
