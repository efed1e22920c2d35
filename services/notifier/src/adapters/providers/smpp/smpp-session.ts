import { isIP } from "node:net";
import type { Log } from "@portcullis/kit";
import smpp, { type Pdu, type Session } from "smpp";

const CONNECT_LIMIT_MS = 10_000;
const ANSWER_LIMIT_MS = 10_000;
const ENQUIRE_EVERY_MS = 30_000;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

export interface SmppAccount {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly systemId: string;
  readonly password: string;
}

/** What came back on a request: an answer, nothing because it was not sent, or nothing and nobody knows. */
export type Answer =
  | { readonly kind: "answer"; readonly pdu: Pdu }
  | { readonly kind: "not-sent" }
  | { readonly kind: "unknown" };

/**
 * One bound session (transceiver) with a message centre, which comes back by itself: connected anew when it breaks, when
 * the centre does not answer enquire_link, or when it says unbind.
 */
export class SmppSession {
  readonly #account: SmppAccount;
  readonly #onDelivered: (pdu: Pdu, answer: (status: number) => void) => void;
  readonly #log: Log;
  /** Requests without an answer: when the session breaks, nobody knows what became of them. */
  readonly #pending = new Set<(answer: Answer) => void>();
  #session: Session | undefined;
  #isBound = false;
  #closed = false;
  #backoffMs = FIRST_BACKOFF_MS;
  #timer: NodeJS.Timeout | undefined;

  constructor(account: SmppAccount, onDelivered: (pdu: Pdu, answer: (status: number) => void) => void, log: Log) {
    this.#account = account;
    this.#onDelivered = onDelivered;
    this.#log = log;
    this.#connect();
  }

  get isBound(): boolean {
    return this.#isBound;
  }

  submit(fields: Readonly<Record<string, unknown>>): Promise<Answer> {
    const session = this.#session;
    if (session === undefined || !this.#isBound) return Promise.resolve({ kind: "not-sent" });
    return this.#ask((answered) => session.submit_sm(fields, answered));
  }

  close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#session?.destroy();
    return Promise.resolve();
  }

  #connect(): void {
    const { host, port, tls, systemId, password, name } = this.#account;
    const session = smpp.connect({ host, port, tls, ...(tls ? tlsOptions(host) : {}) });
    this.#session = session;
    let ended = false;
    const end = (reason: string): void => {
      if (ended) return;
      ended = true;
      session.destroy();
      this.#ended(reason);
    };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => end("it did not let us bind in time"), CONNECT_LIMIT_MS);
    session.on(tls ? "secureConnect" : "connect", () => {
      session.bind_transceiver({ system_id: systemId, password, interface_version: 0x34 }, (answer) => {
        if (answer.command_status === 0) this.#bound(session, end);
        else end(`bind was refused with status ${answer.command_status}`);
      });
    });
    session.on("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.name));
    session.on("close", () => end("the connection was closed"));
    session.on("enquire_link", (pdu: Pdu) => session.send(pdu.response()));
    session.on("unbind", (pdu: Pdu) => {
      session.send(pdu.response());
      end("the centre has unbound us");
    });
    session.on("deliver_sm", (pdu: Pdu) => {
      this.#onDelivered(pdu, (status) => session.send(pdu.response({ command_status: status })));
    });
    this.#log.debug("smpp.connecting", { provider: name });
  }

  #bound(session: Session, end: (reason: string) => void): void {
    this.#isBound = true;
    this.#backoffMs = FIRST_BACKOFF_MS;
    this.#log.info("smpp.bound", { provider: this.#account.name });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#enquire(session, end), ENQUIRE_EVERY_MS);
  }

  async #enquire(session: Session, end: (reason: string) => void): Promise<void> {
    const answer = await this.#ask((answered) => session.enquire_link(answered));
    if (this.#closed || session !== this.#session) return;
    if (answer.kind !== "answer") return end("it does not answer");
    this.#timer = setTimeout(() => void this.#enquire(session, end), ENQUIRE_EVERY_MS);
  }

  #ask(send: (answered: (pdu: Pdu) => void) => boolean): Promise<Answer> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ kind: "unknown" }), ANSWER_LIMIT_MS);
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        this.#pending.delete(settle);
        resolve(answer);
      };
      this.#pending.add(settle);
      if (!send((pdu) => settle({ kind: "answer", pdu }))) settle({ kind: "not-sent" });
    });
  }

  #ended(reason: string): void {
    this.#isBound = false;
    clearTimeout(this.#timer);
    for (const settle of this.#pending) settle({ kind: "unknown" });
    if (this.#closed) return;
    this.#log.warn("smpp.lost", { provider: this.#account.name, reason, againAfterMs: this.#backoffMs });
    this.#timer = setTimeout(() => this.#connect(), this.#backoffMs);
    this.#timer.unref();
    this.#backoffMs = Math.min(this.#backoffMs * 2, LONGEST_BACKOFF_MS);
  }
}

/** An address is no name that a server could be asked for; its certificate must have it all the same. */
function tlsOptions(host: string): { readonly servername?: string; readonly rejectUnauthorized: true } {
  return { ...(isIP(host) === 0 ? { servername: host } : {}), rejectUnauthorized: true };
}
