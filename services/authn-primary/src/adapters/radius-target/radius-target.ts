import { type Random, Unavailable } from "@portcullis/kit";
import {
  type Attribute,
  AttributeType,
  attributesOf,
  Code,
  decodeUtf8,
  denyAfterAccept,
  isMalformed,
  MS_CHAP_CHALLENGE_BYTES,
  octetsOf,
} from "@portcullis/radius";
import type { Target, TargetAccounting } from "../../application/ports.js";
import type { Attempt, TargetAnswer } from "../../domain/first-factor.js";
import type { RadiusTargetClient, TargetExchangeResult } from "./radius-target-client.js";

const NO_STATE = new Uint8Array(0);
/** What a user is told whom the target accepted and we did not. */
const DENIED = "";

/** A RADIUS server checks the first factor. Its replies pass, Accepts after the second factor. */
export class RadiusTarget implements Target {
  readonly #client: RadiusTargetClient;
  /** Of the accounting ports: what is slow there takes nothing from logins. Made when somebody forwards. */
  readonly #openAccounting: () => RadiusTargetClient;
  #accounting: RadiusTargetClient | undefined;
  readonly #random: Random;

  constructor(client: RadiusTargetClient, openAccounting: () => RadiusTargetClient, random: Random) {
    this.#client = client;
    this.#openAccounting = openAccounting;
    this.#random = random;
  }

  async check({ client, account, attributes, deadlineMs, server }: Attempt): Promise<TargetAnswer> {
    // The gateway does not know yet that this client's target is a RADIUS server.
    if (attributes === undefined) throw new Unavailable("A request came without the attributes that its target needs.");
    if (account?.enabled === false) return { kind: "refused", reason: "FAILED_USER_DISABLED" };
    const pinned = server === undefined ? {} : { server };
    const result = await this.#client.exchange({ code: Code.AccessRequest, attributes, deadlineMs, client, ...pinned });
    return result.kind === "reply" ? this.#answerOf(attributes, result) : refusalOf(result.kind);
  }

  async account({ client, attributes, deadlineMs }: TargetAccounting): Promise<Uint8Array | undefined> {
    this.#accounting ??= this.#openAccounting();
    const result = await this.#accounting.exchange({ code: Code.AccountingRequest, attributes, deadlineMs, client });
    return result.kind === "reply" ? result.attributes : undefined;
  }

  async close(graceMs: number): Promise<void> {
    await Promise.all([this.#client.close(graceMs), this.#accounting?.close(graceMs)]);
  }

  #answerOf(request: Uint8Array, reply: TargetExchangeResult & { readonly kind: "reply" }): TargetAnswer {
    const all = attributesOf(reply.attributes);
    if (isMalformed(all)) throw new Error("The attributes of a verified reply cannot be read.");
    const state = all.find(({ type }) => type === AttributeType.State)?.value ?? NO_STATE;
    const attributes = octetsOf(all.filter(({ type }) => type !== AttributeType.State));
    switch (reply.code) {
      case Code.AccessAccept:
        return { kind: "accepted", attributes, denial: this.#denial(request, reply.attributes), ...userNameIn(all) };
      case Code.AccessChallenge:
        return { kind: "challenged", server: reply.server, state: new Uint8Array(state), attributes };
      default:
        return { kind: "refused", reason: "FAILED_PRIMARY_REJECTED", attributes };
    }
  }

  #denial(request: Uint8Array, reply: Uint8Array): Uint8Array {
    const challenge = this.#random.bytes(MS_CHAP_CHALLENGE_BYTES);
    const denial = denyAfterAccept({ request, reply, challenge, message: DENIED });
    if (isMalformed(denial)) throw new Error("The attributes of a verified reply cannot be read.");
    return denial;
  }
}

function userNameIn(attributes: readonly Attribute[]): { userName?: string } {
  const value = attributes.find(({ type }) => type === AttributeType.UserName)?.value;
  const userName = value && decodeUtf8(value);
  return userName === undefined ? {} : { userName };
}

function refusalOf(kind: Exclude<TargetExchangeResult["kind"], "reply">): TargetAnswer {
  switch (kind) {
    case "unavailable":
      return { kind: "refused", reason: "FAILED_TARGET_UNAVAILABLE" };
    case "loop":
      return { kind: "refused", reason: "FAILED_LOOP_DETECTED" };
    case "too-big":
      return { kind: "refused", reason: "FAILED_REQUEST_INVALID" };
    case "busy":
      return { kind: "refused", reason: "FAILED_AUTHENTICATION_THROTTLED" };
  }
}
