import { type KeyedDigest, type Sealer, Unavailable } from "@portcullis/kit";
import {
  type LoginContext,
  loginNameOf,
  passwordPlace,
  type ResultCode,
  requestAttributesPlace,
  type UserId,
} from "@portcullis/login";
import type { Account } from "../domain/account.js";
import type { Attempt, CredentialKind, FirstFactorDecision, TargetAnswer } from "../domain/first-factor.js";
import type { AccountStore, Targets } from "./ports.js";

export interface FirstFactorRequest {
  readonly context: LoginContext;
  readonly credential: CredentialKind;
  /** Sealed for the exchange of the context; undefined when the request has no password. */
  readonly sealedPassword: Uint8Array | undefined;
  /** The code that stood behind the password; it is not opened here. */
  readonly sealedCode: Uint8Array | undefined;
  /** Sealed for the exchange of the context; undefined unless the target is a RADIUS server. */
  readonly sealedAttributes: Uint8Array | undefined;
  /** The server that has to go on, of a further round. */
  readonly server: string | undefined;
  /** Why the front end refuses the request: then nothing is checked. */
  readonly refusal: ResultCode | undefined;
}

export interface CheckFirstFactorParts {
  readonly accounts: AccountStore;
  readonly targets: Targets;
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
}

const DISABLED: TargetAnswer = { kind: "refused", reason: "FAILED_USER_DISABLED" };

/** The first factor of a login: finds the user, and asks the target of the client. The same request gives the same decision. */
export class CheckFirstFactor {
  readonly #parts: CheckFirstFactorParts;

  constructor(parts: CheckFirstFactorParts) {
    this.#parts = parts;
  }

  /** Rejects with `Unavailable` for "not now", and with any other error for a request that nobody of ours has sent. */
  async check(request: FirstFactorRequest): Promise<FirstFactorDecision> {
    const { context, refusal } = request;
    if (refusal !== undefined) return this.#decision(request, { kind: "refused", reason: refusal }, undefined);
    const target = this.#parts.targets.targetOf(context.client);
    // The gateway knows the client; its news, or its target's, may not have reached this process yet.
    if (target === undefined)
      throw new Unavailable(`The client ${context.client} or its target is not known here yet.`);
    const attempt = await this.#attemptOf(request);
    const answer = await target.check(attempt);
    const account = await this.#accountAfter(answer, attempt, context);
    // A target may name another user than the request did; none of the disabled ones comes in, with or without a second factor.
    const disabled = answer.kind === "accepted" && account?.enabled === false;
    return this.#decision(request, disabled ? DISABLED : answer, account, attempt.password);
  }

  async #attemptOf({
    context,
    credential,
    sealedPassword,
    sealedAttributes,
    server,
  }: FirstFactorRequest): Promise<Attempt> {
    const { exchangeId, client, deadlineMs } = context;
    return {
      exchangeId,
      client,
      account: credential === "acl-download" ? undefined : await this.#find(context.userName),
      password: this.#open(sealedPassword, passwordPlace(exchangeId)),
      credential,
      attributes: this.#open(sealedAttributes, requestAttributesPlace(exchangeId)),
      server,
      deadlineMs,
    };
  }

  /** Whom a target names in its Accept, that is the user, whatever name the request had. */
  async #accountAfter(
    answer: TargetAnswer,
    { account, credential }: Attempt,
    context: LoginContext,
  ): Promise<Account | undefined> {
    // Nobody logs in who fetches an access list, whatever the target says.
    if (credential === "acl-download" || answer.kind !== "accepted") return account;
    // Nor does whoever is written outside of EAP's tunnel: she would get the groups, and their attributes, of a name she chose.
    if (credential === "eap" && isAnonymous(answer.userName)) return undefined;
    if (answer.userName === undefined || answer.userName === context.userName) return account;
    return this.#find(answer.userName);
  }

  async #find(userName: string): Promise<Account | undefined> {
    const loginName = loginNameOf(userName);
    return loginName === "" ? undefined : this.#parts.accounts.find(loginName);
  }

  #decision(
    { context, credential, sealedCode, server }: FirstFactorRequest,
    answer: TargetAnswer,
    account: Account | undefined,
    password?: Uint8Array,
  ): FirstFactorDecision {
    const userId = userIdOf(context, account);
    const accepted = answer.kind === "accepted";
    return {
      context,
      credential,
      answer,
      userId,
      userKnown: account !== undefined,
      identityUnproven: accepted && credential === "eap" && isAnonymous(answer.userName),
      provenName: accepted && account !== undefined ? answer.userName && loginNameOf(answer.userName) : undefined,
      credentialDigest: accepted ? this.#credentialDigest(context, credential, userId, password) : "",
      sealedCode: accepted ? sealedCode : undefined,
      server: answer.kind === "challenged" ? answer.server : server,
      further: server !== undefined,
    };
  }

  /** Joins repeated logins. Where the password is not ours to see, each conversation with the target is a proof of its own kind. */
  #credentialDigest(
    { client }: LoginContext,
    credential: CredentialKind,
    userId: UserId,
    password: Uint8Array | undefined,
  ): string {
    const { digest } = this.#parts;
    if (credential === "password" || credential === "none") return digest.hex("credential", userId, password ?? "");
    return digest.hex("credential accepted by target", userId, client, credential);
  }

  /** Fail closed: what was not sealed for this exchange is nobody's; the event goes to the dead letters. */
  #open(sealed: Uint8Array | undefined, place: string): Uint8Array | undefined {
    if (sealed === undefined) return undefined;
    const plain = this.#parts.sealer.open(sealed, place);
    if (plain === undefined) throw new Error("A field of a login was not sealed for its exchange.");
    return plain;
  }
}

/** EAP's outer name is whatever its user wrote there; only what the target says after its check counts. */
function isAnonymous(userName: string | undefined): boolean {
  const loginName = userName === undefined ? "" : loginNameOf(userName);
  return loginName === "" || loginName === "anonymous";
}

/** Both kinds of id are keyed digests of different purposes, so that a name that we do not know never gets a user's id. */
function userIdOf(context: LoginContext, account: Account | undefined): UserId {
  return account?.userId ?? (context.userKey as string as UserId);
}
