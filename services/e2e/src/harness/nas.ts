import { randomBytes } from "node:crypto";
import {
  type Attribute,
  AttributeType,
  buildAccessRequest,
  Code,
  type Exchanged,
  type ExchangeResult,
  isExchangeFailed,
  RadiusClient,
  type RadiusClientOptions,
  type RequestToSend,
  SharedSecret,
  stateAttribute,
} from "@portcullis/radius";
import { generateSync } from "otplib";

/** Short waits: a test that expects silence would otherwise take half a minute. */
const QUICK = { intervalMs: 400, tries: 5 } as const;

export interface NasOptions extends Partial<Omit<RadiusClientOptions, "secret">> {
  readonly port: number;
  /** Loopback address to send from: it says which client this is. */
  readonly address: string;
  readonly secret: string;
}

/** A RADIUS client of the tests. */
export class Nas {
  readonly secret: SharedSecret;
  readonly #options: NasOptions;

  constructor(options: NasOptions) {
    this.#options = options;
    this.secret = new SharedSecret(options.secret);
  }

  /** The same NAS, asking another server or in another way. */
  with(change: Partial<NasOptions>): Nas {
    return new Nas({ ...this.#options, ...change });
  }

  password(userName: string, password: string, attributes: readonly Attribute[] = []): Promise<ExchangeResult> {
    return this.#client().send({ userName, password, attributes });
  }

  answer(userName: string, challenge: Exchanged, code: string): Promise<ExchangeResult> {
    return this.#client().send({ userName, password: code, attributes: [stateAttribute(stateOf(challenge))] });
  }

  /** A request that may lack its Message-Authenticator or carry a wrong one. */
  raw(request: RequestToSend): Promise<ExchangeResult> {
    return this.#client().send(request);
  }

  /** Octets of an Access-Request that can be sent again, elsewhere, or from another port. */
  build(userName: string, password: string, attributes: readonly Attribute[] = [], identifier?: number): Uint8Array {
    const octets = buildAccessRequest({
      userName,
      password,
      attributes,
      secret: this.secret,
      identifier: identifier ?? randomBytes(1)[0] ?? 0,
      authenticator: randomBytes(16),
    });
    if (typeof octets === "string") throw new Error(octets);
    return octets;
  }

  send(octets: Uint8Array): Promise<ExchangeResult> {
    return this.#client().exchange(octets);
  }

  #client(): RadiusClient {
    const { address, secret: _secret, ...rest } = this.#options;
    return new RadiusClient({ ...QUICK, host: "127.0.0.1", localAddress: address, ...rest, secret: this.secret });
  }
}

/** The reply's code, or why there was none. */
export function outcomeOf(result: ExchangeResult): string {
  if (isExchangeFailed(result)) return result.failure;
  const { code } = result.packet;
  if (code === Code.AccessAccept) return "accept";
  if (code === Code.AccessReject) return "reject";
  return code === Code.AccessChallenge ? "challenge" : `code ${code}`;
}

/** Throws unless the result is an Access-Challenge. */
export function challengeOf(result: ExchangeResult): Exchanged {
  if (isExchangeFailed(result) || result.packet.code !== Code.AccessChallenge) {
    throw new Error(`expected a challenge, got ${outcomeOf(result)}`);
  }
  return result;
}

export function stateOf(challenge: Exchanged): Uint8Array {
  const state = challenge.packet.first(AttributeType.State);
  if (state === undefined) throw new Error("the challenge has no State");
  return state;
}

/** The code of a token `stepsAhead` steps from now. */
export function codeAt(secret: string, stepsAhead = 0): string {
  return generateSync({ secret, epoch: Math.floor(Date.now() / 1_000) + 30 * stepsAhead });
}

/** A code that no step near now has. */
export function wrongCode(secret: string): string {
  const near = new Set([-2, -1, 0, 1, 2, 3].map((step) => codeAt(secret, step)));
  for (let guess = 0; ; guess++) {
    const code = String(guess).padStart(6, "0");
    if (!near.has(code)) return code;
  }
}
