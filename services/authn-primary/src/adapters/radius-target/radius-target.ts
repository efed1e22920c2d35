import { type Random, Unavailable } from "@portcullis/kit";
import {
  type Attribute,
  AttributeType,
  attributesOf,
  Code,
  denyAfterAccept,
  isMalformed,
  MS_CHAP_CHALLENGE_BYTES,
  octetsOf,
} from "@portcullis/radius";
import type { Target, TargetAccounting } from "../../application/ports.js";
import type { Attempt, TargetAnswer } from "../../domain/first-factor.js";
import { provenNameOf } from "./proven-name.js";
import type { RadiusTargetClient, TargetExchangeResult } from "./radius-target-client.js";

const NO_STATE = new Uint8Array(0);
/** What a user is told whom the target accepted and we did not. */
const DENIED = "";

export interface RadiusTargetParts {
  readonly client: RadiusTargetClient;
  /** Of the accounting ports: what is slow there takes nothing from logins. Called when somebody forwards. */
  readonly openAccounting: () => RadiusTargetClient;
  readonly random: Random;
  /** See {@link provenNameOf}. */
  readonly returnsInnerIdentity: boolean;
}

/** A RADIUS server checks the first factor. Its replies pass, Accepts after the second factor. */
export class RadiusTarget implements Target {
  readonly #parts: RadiusTargetParts;
  #accounting: RadiusTargetClient | undefined;

  constructor(parts: RadiusTargetParts) {
    this.#parts = parts;
  }

  async check({ client, account, attributes, deadlineMs, server }: Attempt): Promise<TargetAnswer> {
    // The gateway does not know yet that this client's target is a RADIUS server.
    if (attributes === undefined) throw new Unavailable("A request came without the attributes that its target needs.");
    if (account?.enabled === false) return { kind: "refused", reason: "FAILED_USER_DISABLED" };
    const pinned = server === undefined ? {} : { server };
    const result = await this.#parts.client.exchange({
      code: Code.AccessRequest,
      attributes,
      deadlineMs,
      client,
      ...pinned,
    });
    return result.kind === "reply" ? this.#answerOf(attributes, result) : refusalOf(result.kind);
  }

  async account({ client, attributes, deadlineMs }: TargetAccounting): Promise<Uint8Array | undefined> {
    this.#accounting ??= this.#parts.openAccounting();
    const result = await this.#accounting.exchange({ code: Code.AccountingRequest, attributes, deadlineMs, client });
    return result.kind === "reply" ? result.attributes : undefined;
  }

  async close(graceMs: number): Promise<void> {
    await Promise.all([this.#parts.client.close(graceMs), this.#accounting?.close(graceMs)]);
  }

  #answerOf(request: Uint8Array, reply: TargetExchangeResult & { readonly kind: "reply" }): TargetAnswer {
    const all = attributesOf(reply.attributes);
    if (isMalformed(all)) throw new Error("The attributes of a verified reply cannot be read.");
    const state = all.find(({ type }) => type === AttributeType.State)?.value ?? NO_STATE;
    const attributes = octetsOf(all.filter(({ type }) => type !== AttributeType.State));
    switch (reply.code) {
      case Code.AccessAccept:
        return { kind: "accepted", attributes, ...this.#afterAccept(request, all) };
      case Code.AccessChallenge:
        return { kind: "challenged", server: reply.server, state: new Uint8Array(state), attributes };
      default:
        return { kind: "refused", reason: "FAILED_PRIMARY_REJECTED", attributes };
    }
  }

  /** Who was accepted, and how to deny it all the same. */
  #afterAccept(request: Uint8Array, reply: readonly Attribute[]): { denial: Uint8Array; userName?: string } {
    const { random, returnsInnerIdentity } = this.#parts;
    const challenge = random.bytes(MS_CHAP_CHALLENGE_BYTES);
    const denial = denyAfterAccept({ request, reply: octetsOf(reply), challenge, message: DENIED });
    const asked = attributesOf(request);
    if (isMalformed(denial) || isMalformed(asked)) throw new Error("The attributes of a request cannot be read.");
    const userName = provenNameOf({ request: asked, reply, returnsInnerIdentity });
    return userName === undefined ? { denial } : { denial, userName };
  }
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
