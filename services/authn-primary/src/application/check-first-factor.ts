import { type KeyedDigest, type Sealer, Unavailable } from "@portcullis/kit";
import { type LoginContext, loginNameOf, passwordPlace, type ResultCode, type UserId } from "@portcullis/login";
import type { Account } from "../domain/account.js";
import type { FirstFactorDecision } from "../domain/first-factor.js";
import type { ClientRegistry, TargetType } from "./client-registry.js";
import type { AccountStore, Target } from "./ports.js";

export interface FirstFactorRequest {
  readonly context: LoginContext;
  /** Sealed for the exchange of the context; undefined when the request has no password. */
  readonly sealedPassword: Uint8Array | undefined;
  /** Why the front end refuses the request: then nothing is checked. */
  readonly refusal: ResultCode | undefined;
}

export interface CheckFirstFactorParts {
  readonly accounts: AccountStore;
  readonly clients: ClientRegistry;
  readonly targets: Readonly<Record<TargetType, Target>>;
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
}

/** The first factor of a login: finds the user, and asks the target of the client. The same request gives the same decision. */
export class CheckFirstFactor {
  readonly #parts: CheckFirstFactorParts;

  constructor(parts: CheckFirstFactorParts) {
    this.#parts = parts;
  }

  /** Rejects with `Unavailable` for "not now", and with any other error for a request that nobody of ours has sent. */
  async check({ context, sealedPassword, refusal }: FirstFactorRequest): Promise<FirstFactorDecision> {
    if (refusal !== undefined) return refused(context, refusal, undefined);
    const { accounts, clients, targets, digest } = this.#parts;
    const type = clients.targetTypeOf(context.client);
    // The gateway knows the client; its news, or its target's, may not have reached this process yet.
    if (type === undefined) throw new Unavailable(`The client ${context.client} or its target is not known here yet.`);
    const password = sealedPassword && this.#open(sealedPassword, context);
    const loginName = loginNameOf(context.userName);
    const account = loginName === "" ? undefined : await accounts.find(loginName);
    const reason = await targets[type].check({ account, password });
    if (reason !== undefined) return refused(context, reason, account);
    const userId = userIdOf(context, account);
    const credentialDigest = digest.hex("credential", userId, password ?? "");
    return { context, refusal: undefined, userId, userKnown: account !== undefined, credentialDigest };
  }

  /** Fail closed: a password that was not sealed for this exchange is nobody's; the event goes to the dead letters. */
  #open(sealed: Uint8Array, context: LoginContext): Uint8Array {
    const password = this.#parts.sealer.open(sealed, passwordPlace(context.exchangeId));
    if (password === undefined) throw new Error("The password of a login was not sealed for its exchange.");
    return password;
  }
}

function refused(context: LoginContext, refusal: ResultCode, account: Account | undefined): FirstFactorDecision {
  const userId = userIdOf(context, account);
  return { context, refusal, userId, userKnown: account !== undefined, credentialDigest: "" };
}

/** Both kinds of id are keyed digests of different purposes, so that a name that we do not know never gets a user's id. */
function userIdOf(context: LoginContext, account: Account | undefined): UserId {
  return account?.userId ?? (context.userKey as string as UserId);
}
