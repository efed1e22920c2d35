import {
  type AnswerCheck,
  type AnswerRequest,
  type EndedLogin,
  type Expired,
  type Finished,
  type LoginRef,
  type LoginStatus,
  type Opened,
  type OpenRequest,
  type Refused,
  type Reserved,
  type Settled,
  type Settlement,
  StoreUnavailable,
} from "../pending-store.js";
import type { RedisClient, ScriptArgument } from "./redis-client.js";
import type { RedisDueIndex } from "./redis-due-index.js";
import type { RedisHeldLogins } from "./redis-held-logins.js";
import type { RedisKeys } from "./redis-keys.js";
import { ScriptReply } from "./script-reply.js";

/** Logins on Redis. */
export class RedisLogins {
  readonly #client: RedisClient;
  readonly #keys: RedisKeys;
  readonly #due: RedisDueIndex;
  readonly #held: RedisHeldLogins;

  constructor(parts: { client: RedisClient; keys: RedisKeys; due: RedisDueIndex; held: RedisHeldLogins }) {
    this.#client = parts.client;
    this.#keys = parts.keys;
    this.#due = parts.due;
    this.#held = parts.held;
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
    const waiting = [
      request.waiting?.exchangeId ?? "",
      request.waiting?.bytes ?? "",
      request.joinWithoutStation ? 1 : 0,
    ];
    const entry = { kind: "login", userId, loginId } as const;
    const reply = await this.#due.addBefore(entry, request.lifetimeMs, () =>
      this.#run("openLogin", request, [...args, ...waiting]),
    );
    const opened = openedOf(reply, request);
    if (opened.kind === "opened") await this.#keepHeld(request, opened);
    return opened;
  }

  /** Behind the login, whose opening is repeated until this is done too. */
  async #keepHeld(request: OpenRequest, { expiresAtMs, superseded }: Opened & { kind: "opened" }): Promise<void> {
    const over = superseded.filter(({ waiting }) => waiting.length > 0);
    const added = request.waiting ? [this.#held.add(request, expiresAtMs)] : [];
    await Promise.all([...added, ...over.map(({ loginId }) => this.#held.remove(loginId))]);
  }

  /** Only a held login has exchanges that wait. */
  async #forgetHeld({ loginId }: LoginRef, ended: Finished | Expired): Promise<void> {
    if ("waiting" in ended && ended.waiting.length > 0) await this.#held.remove(loginId);
  }

  async reserve(request: AnswerRequest): Promise<Reserved> {
    const { answerId, exchangeId, round, lockout, loginId } = request;
    const args = [answerId, round, lockout.maxFailures, loginId, this.#keys.logins(request), exchangeId];
    const reply = await this.#run("reserveTry", request, args);
    switch (reply.kind) {
      case "check":
        return { kind: "check", triesLeft: reply.number(1), context: reply.bytes(2) };
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

  async release(request: AnswerCheck): Promise<void> {
    const { answerId, exchangeId } = request;
    await this.#client.run("releaseTry", [this.#keys.login(request)], [answerId, exchangeId]);
  }

  async finish(request: LoginRef & { readonly outcome: Uint8Array; readonly keepMs: number }): Promise<Finished> {
    const keys = [this.#keys.login(request), this.#keys.openLogins(request)];
    const args = [request.loginId, request.keepMs, request.outcome];
    const reply = new ScriptReply(await this.#client.run("finishLogin", keys, args));
    if (reply.kind !== "finished") return { kind: "late" };
    const finished = { kind: "finished", outcome: reply.bytes(1), waiting: reply.rest(2) } as const;
    await this.#forgetHeld(request, finished);
    return finished;
  }

  async refuse(request: LoginRef & { readonly outcome: Uint8Array; readonly keepMs: number }): Promise<Refused> {
    const keys = [this.#keys.login(request), this.#keys.openLogins(request)];
    const args = [request.loginId, request.keepMs, request.outcome];
    const reply = new ScriptReply(await this.#client.run("refuseLogin", keys, args));
    return reply.kind === "ended" ? { kind: "ended", outcome: reply.bytes(1) } : { kind: "late" };
  }

  async inspect(ref: LoginRef): Promise<LoginStatus> {
    const key = this.#keys.login(ref);
    const fields = new ScriptReply(
      await this.#client.command((redis) => redis.hmgetBuffer(key, "s", "g", "e", "x", "o")),
    );
    if (fields.optionalBytes(0) === undefined) return { kind: "unknown" };
    if (fields.kind !== "o") return { kind: "ended", outcome: fields.optionalBytes(4) };
    const held = fields.text(1) === "1";
    return { kind: "open", held, expiresAtMs: Number(fields.text(2)), context: fields.bytes(3) };
  }

  async expire(request: LoginRef & { readonly keepMs: number }): Promise<Expired> {
    const expired = await this.#expired(request);
    await this.#forgetHeld(request, expired);
    return expired;
  }

  async #expired(request: LoginRef & { readonly keepMs: number }): Promise<Expired> {
    const keys = [this.#keys.login(request), this.#keys.openLogins(request)];
    const reply = new ScriptReply(await this.#client.run("expireLogin", keys, [request.loginId, request.keepMs]));
    switch (reply.kind) {
      case "expired":
        return { kind: "expired", context: reply.bytes(1), waiting: reply.rest(2) };
      case "superseded":
        return { kind: "superseded", context: reply.bytes(1), waiting: reply.rest(2) };
      case "ended":
        return { kind: "ended", outcome: reply.bytes(1), waiting: reply.rest(2) };
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
      for (let place = 3; place < reply.length; place++) {
        const other = reply.list(place);
        const loginId = other.text(0) as LoginRef["loginId"];
        superseded.push({ userId: request.userId, loginId, context: other.bytes(1), waiting: other.rest(2) });
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
      return { kind: "refused", reason: refusedOpening(reply.text(1)) };
    default:
      throw new StoreUnavailable("redis answered an opening with something unexpected");
  }
}

function refusedOpening(reason: string): Extract<Opened, { kind: "refused" }>["reason"] {
  return reason === "locked-out" || reason === "held-elsewhere" ? reason : "too-many-open";
}

function refusalOf(reason: string): Extract<Reserved, { kind: "refused" }>["reason"] {
  if (reason === "bound" || reason === "round" || reason === "locked-out") return reason;
  return "no-tries";
}
