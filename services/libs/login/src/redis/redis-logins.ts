import {
  type AnswerRequest,
  type EndedLogin,
  type Expired,
  type LoginRef,
  type Opened,
  type OpenRequest,
  type Reserved,
  type Settled,
  type Settlement,
  StoreUnavailable,
} from "../pending-store.js";
import type { RedisClient, ScriptArgument } from "./redis-client.js";
import type { RedisDueIndex } from "./redis-due-index.js";
import type { RedisKeys } from "./redis-keys.js";
import { ScriptReply } from "./script-reply.js";

/** Logins on Redis. */
export class RedisLogins {
  readonly #client: RedisClient;
  readonly #keys: RedisKeys;
  readonly #due: RedisDueIndex;

  constructor(parts: { client: RedisClient; keys: RedisKeys; due: RedisDueIndex }) {
    this.#client = parts.client;
    this.#keys = parts.keys;
    this.#due = parts.due;
  }

  /**
   * The order of writes: the due entry, then everything else in one step, on one connection without waiting in between.
   * Killed in between, the redelivery finds the entry and goes on. A login that was joined, refused or lost leaves an entry without a record, which ends in `unknown`.
   * The entry stays when the login has ended already: its end may not be published yet.
   */
  async open(request: OpenRequest): Promise<Opened> {
    const { userId, loginId } = request;
    const who = [loginId, this.#keys.logins(request), request.client, request.station, request.credentialDigest];
    const limits = [request.lifetimeMs, request.keepMs, request.maxTries, request.maxOpen, request.lockout.maxFailures];
    const args = [...who, ...limits, request.prompt, request.context, request.replacing ?? ""];
    const entry = { kind: "login", userId, loginId } as const;
    const reply = await this.#due.addBefore(entry, request.lifetimeMs, () => this.#run("openLogin", request, args));
    return openedOf(reply, request);
  }

  async reserve(request: AnswerRequest): Promise<Reserved> {
    const { answerId, round, lockout, loginId } = request;
    const args = [answerId, round, lockout.maxFailures, loginId, this.#keys.logins(request)];
    const reply = await this.#run("reserveTry", request, args);
    switch (reply.kind) {
      case "check":
        return { kind: "check", triesLeft: reply.number(1) };
      case "again":
        return { kind: "again", reply: reply.bytes(1), outcome: reply.optionalBytes(2) };
      case "refused":
        return { kind: "refused", reason: refusalOf(reply.text(1)) };
      default:
        return { kind: "late" };
    }
  }

  async settle(settlement: Settlement): Promise<Settled> {
    const { answerId, loginId, keepMs, outcome, lockout } = settlement;
    const result = settlement.right
      ? [1, settlement.reply]
      : [0, settlement.prompt, settlement.reject, lockout.maxFailures, lockout.windowMs];
    const reply = await this.#run("settleAnswer", settlement, [answerId, loginId, keepMs, outcome, ...result]);
    if (reply.kind !== "settled") return { kind: "late" };
    return { kind: "settled", reply: reply.bytes(1), outcome: reply.optionalBytes(2) };
  }

  async release(request: LoginRef & { readonly answerId: Settlement["answerId"] }): Promise<void> {
    await this.#client.run("releaseTry", [this.#keys.login(request)], [request.answerId]);
  }

  async expire(request: LoginRef & { readonly keepMs: number }): Promise<Expired> {
    const keys = [this.#keys.login(request), this.#keys.openLogins(request)];
    const reply = new ScriptReply(await this.#client.run("expireLogin", keys, [request.loginId, request.keepMs]));
    switch (reply.kind) {
      case "expired":
        return { kind: "expired", context: reply.bytes(1) };
      case "superseded":
        return { kind: "superseded", context: reply.bytes(1) };
      case "ended":
        return { kind: "ended", outcome: reply.bytes(1) };
      case "running":
        return { kind: "running", expiresAtMs: reply.number(1) };
      default:
        return { kind: "unknown" };
    }
  }

  async #run(
    name: "openLogin" | "reserveTry" | "settleAnswer",
    ref: LoginRef,
    args: readonly ScriptArgument[],
  ): Promise<ScriptReply> {
    const keys = [this.#keys.login(ref), this.#keys.openLogins(ref), this.#keys.failures(ref)];
    return new ScriptReply(await this.#client.run(name, keys, args));
  }
}

function openedOf(reply: ScriptReply, request: OpenRequest): Opened {
  switch (reply.kind) {
    case "opened": {
      const superseded: EndedLogin[] = [];
      for (let place = 3; place < reply.length; place += 2) {
        const loginId = reply.text(place) as LoginRef["loginId"];
        superseded.push({ userId: request.userId, loginId, context: reply.bytes(place + 1) });
      }
      const prompt = reply.optionalBytes(2) ?? request.prompt;
      return { kind: "opened", prompt, expiresAtMs: reply.number(1), superseded };
    }
    case "joined":
      return {
        kind: "joined",
        loginId: reply.text(3) as LoginRef["loginId"],
        prompt: reply.bytes(2),
        expiresAtMs: reply.number(1),
        context: reply.bytes(4),
      };
    case "ended":
      return { kind: "ended", outcome: reply.optionalBytes(1) };
    case "refused":
      return { kind: "refused", reason: reply.text(1) === "locked-out" ? "locked-out" : "too-many-open" };
    default:
      throw new StoreUnavailable("redis answered an opening with something unexpected");
  }
}

function refusalOf(reason: string): Extract<Reserved, { kind: "refused" }>["reason"] {
  if (reason === "bound" || reason === "round" || reason === "locked-out") return reason;
  return "no-tries";
}
