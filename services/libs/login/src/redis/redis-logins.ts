import type { UserId } from "../ids.js";
import {
  type Advanced,
  type AnswerCheck,
  type AnswerRequest,
  type EndedLogin,
  type Expired,
  type Finished,
  type FinishRequest,
  type LoginRef,
  type LoginStatus,
  type NextRound,
  type Noted,
  type Opened,
  type OpenRequest,
  type Reach,
  type ReachRefusal,
  type RecallRequest,
  type Refused,
  type Remembered,
  type Reserved,
  type Settled,
  type Settlement,
  type Waiting,
  type WaitingBytes,
} from "../login-store.js";
import { StoreUnavailable } from "../pending-store.js";
import type { RedisClient, ScriptArgument } from "./redis-client.js";
import type { RedisDueIndex } from "./redis-due-index.js";
import type { RedisHeldLogins } from "./redis-held-logins.js";
import type { RedisKeys } from "./redis-keys.js";
import { ScriptReply } from "./script-reply.js";
import type { ScriptName } from "./scripts/scripts.js";

const NOTHING = new Uint8Array(0);

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
    const { userId, loginId, reach } = request;
    const who = [loginId, this.#keys.logins(request), request.client, request.station, request.credentialDigest];
    const limits = [request.lifetimeMs, request.keepMs, request.maxTries, request.maxOpen, request.lockout.maxFailures];
    const what = [request.prompt, request.context, request.replacing ?? "", request.exchangeId ?? ""];
    const how = [request.joinWithoutStation ? 1 : 0, request.challenge ?? "", ...reachOf(reach)];
    const entry = { kind: "login", userId, loginId } as const;
    const reply = await this.#due.addBefore(entry, request.lifetimeMs, () =>
      this.#run("openLogin", this.#allKeys(request), [...who, ...limits, ...what, ...how]),
    );
    const opened = openedOf(reply, request);
    if (opened.kind === "opened") await this.#keepListed(request, opened);
    return opened;
  }

  /** Behind the login, whose opening is repeated until this is done too. */
  async #keepListed(request: OpenRequest, { expiresAtMs, superseded }: Opened & { kind: "opened" }): Promise<void> {
    const over = superseded.filter(({ waiting }) => waiting.length > 0);
    const added = request.listed ? [this.#held.add(request, expiresAtMs)] : [];
    await Promise.all([...added, ...over.map(({ loginId }) => this.#held.remove(loginId))]);
  }

  /** Only one whose exchanges wait is listed. */
  async #forgetListed({ loginId }: LoginRef, waiting: readonly Uint8Array[]): Promise<void> {
    if (waiting.length > 0) await this.#held.remove(loginId);
  }

  async reserve(request: AnswerRequest): Promise<Reserved> {
    const { answerId, exchangeId, round, lockout, loginId } = request;
    const args = [answerId, round, lockout.maxFailures, loginId, this.#keys.logins(request), exchangeId];
    const reply = await this.#run("reserveTry", this.#answerKeys(request), args);
    switch (reply.kind) {
      case "check":
        return { kind: "check", triesLeft: reply.number(1), context: reply.bytes(2), challenge: challengeAt(reply, 3) };
      case "again":
        return { kind: "again", reply: reply.bytes(1), outcome: reply.optionalBytes(2), waiting: reply.rest(3) };
      case "refused":
        return { kind: "refused", reason: refusalOf(reply.text(1)) };
      default:
        return { kind: "late" };
    }
  }

  async settle(settlement: Settlement): Promise<Settled> {
    const reply = await this.#settled(settlement);
    switch (reply.kind) {
      case "settled": {
        const waiting = reply.rest(3);
        if (settlement.kind !== "switch") await this.#forgetListed(settlement, waiting);
        return { kind: "settled", reply: reply.bytes(1), outcome: reply.optionalBytes(2), waiting };
      }
      case "refused":
        return { kind: "refused", reason: reply.text(1) === "round" ? "round" : reachRefusal(reply.text(1)) };
      default:
        return { kind: "late" };
    }
  }

  async #settled(settlement: Settlement): Promise<ScriptReply> {
    const { answerId, loginId, keepMs, lockout } = settlement;
    switch (settlement.kind) {
      case "right": {
        const args = [answerId, loginId, keepMs, settlement.outcome, 1, settlement.reply];
        return this.#run("settleAnswer", this.#settleKeys(settlement), [...args, ...entriesOf(settlement.remember)]);
      }
      case "wrong": {
        const stays = settlement.staysInRound ? 1 : 0;
        const limits = [lockout.maxFailures, lockout.windowMs, settlement.challenge ?? "", stays];
        const args = [
          answerId,
          loginId,
          keepMs,
          settlement.outcome,
          0,
          settlement.prompt,
          settlement.reject,
          ...limits,
        ];
        return this.#run("settleAnswer", this.#settleKeys(settlement), args);
      }
      case "switch": {
        const { exchange, untilMs } = settlement;
        const next = [answerId, loginId, this.#keys.logins(settlement), ...nextOf(settlement)];
        const args = [...next, exchange.exchangeId, exchange.bytes];
        const reply = await this.#run("switchMethod", this.#allKeys(settlement), args);
        if (untilMs !== undefined) await this.#sooner(settlement, untilMs);
        return reply;
      }
    }
  }

  async release(request: AnswerCheck): Promise<void> {
    const { answerId, exchangeId } = request;
    await this.#client.run("releaseTry", [this.#keys.login(request)], [answerId, exchangeId]);
  }

  async advance(request: LoginRef & NextRound & { readonly fromRound: number }): Promise<Advanced> {
    const args = [request.loginId, this.#keys.logins(request), request.fromRound, ...nextOf(request)];
    const reply = await this.#run("advanceLogin", this.#allKeys(request), args);
    if (request.untilMs !== undefined) await this.#sooner(request, request.untilMs);
    switch (reply.kind) {
      case "advanced": {
        const [expiresAtMs, prompt, challenge] = [reply.number(1), reply.bytes(2), challengeAt(reply, 3)];
        return { kind: "advanced", expiresAtMs, prompt, challenge, waiting: reply.rest(4) };
      }
      case "refused":
        return { kind: "refused", reason: reachRefusal(reply.text(1)) };
      default:
        return { kind: "late" };
    }
  }

  async note(request: LoginRef & { readonly round: number; readonly challenge: Uint8Array }): Promise<Noted> {
    const reply = await this.#run("noteLogin", [this.#keys.login(request)], [request.round, request.challenge]);
    return reply.kind === "noted" ? { kind: "noted", waiting: reply.rest(1) } : { kind: "late" };
  }

  async wait(
    request: LoginRef & { readonly round: number; readonly exchange: WaitingBytes; readonly untilMs: number },
  ): Promise<Waiting> {
    const { loginId, round, exchange, untilMs } = request;
    const keys = [this.#keys.login(request), this.#keys.openLogins(request)];
    const reply = await this.#run("waitForEnd", keys, [loginId, round, exchange.exchangeId, exchange.bytes, untilMs]);
    switch (reply.kind) {
      case "waiting":
        await this.#sooner(request, untilMs);
        return { kind: "waiting", challenge: challengeAt(reply, 1) };
      case "ended":
        return { kind: "ended", outcome: reply.bytes(1) };
      default:
        return { kind: "late" };
    }
  }

  #sooner({ userId, loginId }: LoginRef, untilMs: number): Promise<void> {
    return this.#due.sooner({ kind: "login", userId, loginId }, untilMs);
  }

  async finish(request: FinishRequest): Promise<Finished> {
    const keys = [...this.#allKeys(request), this.#keys.remembered(request)];
    const args = [request.loginId, request.keepMs, request.outcome, request.coolDownMs ?? 0];
    const reply = await this.#run("finishLogin", keys, [...args, ...entriesOf(request.remember)]);
    if (reply.kind !== "finished") return { kind: "late" };
    const finished = { kind: "finished", outcome: reply.bytes(1), waiting: reply.rest(2) } as const;
    await this.#forgetListed(request, finished.waiting);
    return finished;
  }

  async refuse(request: LoginRef & { readonly outcome: Uint8Array; readonly keepMs: number }): Promise<Refused> {
    const keys = [this.#keys.login(request), this.#keys.openLogins(request)];
    const reply = await this.#run("refuseLogin", keys, [request.loginId, request.keepMs, request.outcome]);
    return reply.kind === "ended" ? { kind: "ended", outcome: reply.bytes(1) } : { kind: "late" };
  }

  async recall(request: RecallRequest): Promise<string | undefined> {
    if (request.scopes.length === 0) return undefined;
    const keys = [this.#keys.remembered(request)];
    const scope = await this.#client.run("recallLogin", keys, [request.loginId, request.beganAtMs, ...request.scopes]);
    return Buffer.isBuffer(scope) ? scope.toString() : undefined;
  }

  async openLogins(userId: UserId): Promise<readonly LoginRef[]> {
    const key = this.#keys.openLogins({ userId });
    const ids = await this.#client.command((redis) => redis.zrange(key, "0", "-1"));
    return ids.map((loginId) => ({ userId, loginId: loginId as LoginRef["loginId"] }));
  }

  async inspect(ref: LoginRef): Promise<LoginStatus> {
    const key = this.#keys.login(ref);
    const fields = new ScriptReply(
      await this.#client.command((redis) => redis.hmgetBuffer(key, "s", "y", "e", "x", "o", "i", "l")),
    );
    if (fields.optionalBytes(0) === undefined) return { kind: "unknown" };
    if (fields.kind !== "o") return { kind: "ended", outcome: fields.optionalBytes(4) };
    const held = Number(fields.optionalBytes(1) === undefined ? 0 : fields.text(1)) > 0;
    const [round, expiresAtMs] = [Number(fields.text(5)), Number(fields.text(2))];
    return { kind: "open", held, round, expiresAtMs, context: fields.bytes(3), challenge: challengeAt(fields, 6) };
  }

  async expire(request: LoginRef & { readonly keepMs: number }): Promise<Expired> {
    const expired = await this.#expired(request);
    if ("waiting" in expired) await this.#forgetListed(request, expired.waiting);
    return expired;
  }

  async #expired(request: LoginRef & { readonly keepMs: number }): Promise<Expired> {
    const keys = [this.#keys.login(request), this.#keys.openLogins(request)];
    const reply = new ScriptReply(await this.#client.run("expireLogin", keys, [request.loginId, request.keepMs]));
    switch (reply.kind) {
      case "expired":
      case "superseded":
        return { kind: reply.kind, context: reply.bytes(1), challenge: challengeAt(reply, 2), waiting: reply.rest(3) };
      case "ended":
        return { kind: "ended", outcome: reply.bytes(1), waiting: reply.rest(2) };
      case "running":
        return { kind: "running", expiresAtMs: reply.number(1) };
      default:
        return { kind: "unknown" };
    }
  }

  async #run(name: ScriptName, keys: readonly string[], args: readonly ScriptArgument[]): Promise<ScriptReply> {
    return new ScriptReply(await this.#client.run(name, keys, args));
  }

  #answerKeys(ref: LoginRef): readonly string[] {
    return [this.#keys.login(ref), this.#keys.openLogins(ref), this.#keys.failures(ref)];
  }

  #settleKeys(ref: LoginRef): readonly string[] {
    return [...this.#answerKeys(ref), this.#keys.remembered(ref)];
  }

  #allKeys(ref: LoginRef): readonly string[] {
    return [...this.#answerKeys(ref), this.#keys.prompts(ref), this.#keys.denied(ref)];
  }
}

function entriesOf(remember: readonly Remembered[] = []): readonly ScriptArgument[] {
  return remember.flatMap(({ scope, durationMs, uses, onlyEarlier }) => [scope, durationMs, uses, onlyEarlier ? 1 : 0]);
}

function reachOf(reach: Reach | undefined): readonly ScriptArgument[] {
  return reach === undefined ? ["", ""] : [reach.maxPrompts, reach.windowMs];
}

function nextOf({ prompt, challenge, reach, untilMs }: NextRound): readonly ScriptArgument[] {
  return [prompt, challenge, ...reachOf(reach), untilMs ?? ""];
}

/** Absent with a login that a version before this one has opened. */
function challengeAt(reply: ScriptReply, place: number): Uint8Array {
  return reply.optionalBytes(place) ?? NOTHING;
}

function openedOf(reply: ScriptReply, request: OpenRequest): Opened {
  switch (reply.kind) {
    case "opened": {
      const superseded: EndedLogin[] = [];
      for (let place = 4; place < reply.length; place++) {
        const other = reply.list(place);
        const loginId = other.text(0) as LoginRef["loginId"];
        const [context, challenge] = [other.bytes(1), challengeAt(other, 2)];
        superseded.push({ userId: request.userId, loginId, context, challenge, waiting: other.rest(3) });
      }
      const prompt = reply.optionalBytes(2) ?? request.prompt;
      const challenge = reply.optionalBytes(3) ?? request.challenge ?? NOTHING;
      return { kind: "opened", prompt, challenge, expiresAtMs: reply.number(1), superseded };
    }
    case "joined":
      return {
        kind: "joined",
        loginId: reply.text(3) as LoginRef["loginId"],
        prompt: reply.bytes(2),
        expiresAtMs: reply.number(1),
        context: reply.bytes(4),
        challenge: challengeAt(reply, 5),
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
  return reason === "locked-out" || reason === "too-many-open" ? reason : reachRefusal(reason);
}

function reachRefusal(reason: string): ReachRefusal {
  return reason === "held-elsewhere" || reason === "denied-recently" ? reason : "too-many-prompts";
}

function refusalOf(reason: string): Extract<Reserved, { kind: "refused" }>["reason"] {
  if (reason === "bound" || reason === "round" || reason === "locked-out") return reason;
  return "no-tries";
}
