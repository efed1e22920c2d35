import type { LoginId, UserId } from "../ids.js";
import {
  type Advanced,
  type AnswerCheck,
  type AnswerRequest,
  type EndedLogin,
  type Expired,
  type Finished,
  type FinishRequest,
  type HeldLogins,
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
  type Reserved,
  type Settled,
  type Settlement,
  type Waiting,
  type WaitingBytes,
} from "../login-store.js";
import { OVERDUE_KEEP_MS } from "../pending-store.js";
import type { Expiry } from "./expiry.js";
import { type Answer, LoginRecord, placeOf } from "./login-record.js";
import type { MemoryDueIndex } from "./memory-due-index.js";
import { MemoryReach } from "./memory-reach.js";
import { MemoryRemembered } from "./memory-remembered.js";
import { MemoryUsers } from "./memory-users.js";

/** Logins in memory. Each call runs to its end without a pause, so there is nothing to repair. */
export class MemoryLogins {
  readonly #records = new Map<string, LoginRecord>();
  readonly #held = new Map<LoginId, LoginRecord>();
  readonly #expiry: Expiry;
  readonly #due: MemoryDueIndex;
  readonly #users: MemoryUsers<LoginRecord>;
  readonly #reach: MemoryReach;
  readonly #remembered: MemoryRemembered;

  constructor(expiry: Expiry, due: MemoryDueIndex) {
    this.#expiry = expiry;
    this.#due = due;
    this.#users = new MemoryUsers(expiry);
    this.#reach = new MemoryReach(expiry);
    this.#remembered = new MemoryRemembered(expiry);
  }

  /** Users kept in mind, for a look at leaks. */
  get userCount(): number {
    return this.#users.size;
  }

  open(request: OpenRequest): Opened {
    const nowMs = this.#expiry.nowMs();
    const known = this.#find(request, nowMs);
    if (known) return this.#openAgain(known, request, nowMs);
    const user = this.#users.find(request.userId);
    if (user && user.failuresAt(nowMs) >= request.lockout.maxFailures) return { kind: "refused", reason: "locked-out" };
    const open = user?.open.filter((login) => login.aliveAt(nowMs) && nowMs < login.expiresAtMs) ?? [];
    const sameStation = open.filter((login) => isSameStation(login.request, request));
    const same = sameStation.find((login) => isSame(login.request, request));
    if (same) return same.waitUnlessPrompted(request) ? joined(same) : { kind: "refused", reason: "too-many-open" };
    const elsewhere = open.filter((login) => !sameStation.includes(login));
    if (elsewhere.length >= request.maxOpen) return { kind: "refused", reason: "too-many-open" };
    const reason = this.#unreachable(request, request.reach, elsewhere, nowMs);
    if (reason !== undefined) return { kind: "refused", reason };
    for (const login of sameStation) this.#end(login, "superseded", login.request.keepMs, nowMs);
    const superseded = sameStation.map((login) => login.ended());
    return opened(this.#create(request, superseded, nowMs), superseded);
  }

  reserve(request: AnswerRequest): Reserved {
    const nowMs = this.#expiry.nowMs();
    const login = this.#find(request, nowMs);
    if (login === undefined) return { kind: "late" };
    const { answerId } = request;
    const answer = login.answer(answerId);
    if (answer?.reply) return { kind: "again", reply: answer.reply, ...login.endBy(answerId) };
    const failures = login.user.failuresAt(nowMs);
    const locked = failures >= request.lockout.maxFailures;
    if (login.state === "right") return { kind: "refused", reason: "bound" };
    if (login.state === "wrong") return { kind: "refused", reason: locked ? "locked-out" : "no-tries" };
    if (login.state !== "open") return { kind: "late" };
    if (answer) {
      if (!login.share(answer, request.exchangeId)) return { kind: "refused", reason: "no-tries" };
      return check(login);
    }
    if (nowMs >= login.expiresAtMs) return { kind: "late" };
    if (locked) return { kind: "refused", reason: "locked-out" };
    if (request.round !== login.round) return { kind: "refused", reason: "round" };
    const used = failures + login.user.checkingAt(nowMs);
    if (login.triesLeft <= 0 || used >= request.lockout.maxFailures) return { kind: "refused", reason: "no-tries" };
    login.reserve(request);
    return check(login);
  }

  settle(settlement: Settlement): Settled {
    const nowMs = this.#expiry.nowMs();
    const { answerId } = settlement;
    const login = this.#find(settlement, nowMs);
    const answer = login?.answer(answerId);
    if (login === undefined || answer === undefined) return { kind: "late" };
    if (answer.reply === undefined) {
      if (login.state !== "open") {
        if (settlement.kind === "wrong") this.#countLate(login, settlement, nowMs);
        return { kind: "late" };
      }
      if (settlement.kind === "switch") return this.#switch(login, answer, settlement, nowMs);
      login.checking--;
      answer.reply = this.#settled(login, answer, settlement, nowMs);
    }
    return { kind: "settled", reply: answer.reply, ...login.endBy(answerId) };
  }

  /** Refused, the answer is as if it had never been given. */
  #switch(login: LoginRecord, answer: Answer, next: Settlement & { kind: "switch" }, nowMs: number): Settled {
    login.endCheck(next.answerId);
    if (answer.round + 1 <= login.round) return { kind: "refused", reason: "round" };
    const reason = this.#unreachable(login.request, next.reach, this.#besides(login, nowMs), nowMs);
    if (reason !== undefined) return { kind: "refused", reason };
    login.goOn(answer.round + 1, next);
    this.#due.sooner(login.request, login.expiresAtMs);
    login.keepAnswer(next.answerId, { ...answer, reply: next.prompt });
    if (next.prompt.length === 0) login.wait(next.exchange);
    return { kind: "settled", reply: next.prompt, outcome: undefined, waiting: [] };
  }

  advance(request: LoginRef & NextRound & { readonly fromRound: number }): Advanced {
    const nowMs = this.#expiry.nowMs();
    const login = this.#openAt(request, nowMs);
    if (login === undefined) return { kind: "late" };
    const { fromRound } = request;
    const isDone = login.round === fromRound + 1 && login.advancedFrom === fromRound;
    if (!isDone) {
      if (login.round !== fromRound) return { kind: "late" };
      const reason = this.#unreachable(login.request, request.reach, this.#besides(login, nowMs), nowMs);
      if (reason !== undefined) return { kind: "refused", reason };
      login.advancedFrom = fromRound;
      login.goOn(fromRound + 1, request);
      login.expiresAtMs = request.untilMs ?? login.expiresAtMs;
      this.#due.sooner(login.request, login.expiresAtMs);
    }
    const { prompt, challenge, expiresAtMs, waiting } = login;
    return { kind: "advanced", prompt, challenge, expiresAtMs, waiting };
  }

  note(request: LoginRef & { readonly round: number; readonly challenge: Uint8Array }): Noted {
    const login = this.#openAt(request, this.#expiry.nowMs());
    if (login?.round !== request.round) return { kind: "late" };
    login.challenge = request.challenge;
    return { kind: "noted", waiting: login.waiting };
  }

  wait(
    request: LoginRef & { readonly round: number; readonly exchange: WaitingBytes; readonly untilMs: number },
  ): Waiting {
    const nowMs = this.#expiry.nowMs();
    const known = this.#find(request, nowMs);
    if (known?.outcome !== undefined) return { kind: "ended", outcome: known.outcome };
    const login = this.#openAt(request, nowMs);
    if (login?.round !== request.round || !login.wait(request.exchange)) return { kind: "late" };
    login.expiresAtMs = Math.min(login.expiresAtMs, request.untilMs);
    this.#due.sooner(request, login.expiresAtMs);
    return { kind: "waiting", challenge: login.challenge };
  }

  recall(request: RecallRequest): string | undefined {
    return this.#remembered.recall(request);
  }

  release(request: AnswerCheck): void {
    this.#find(request, this.#expiry.nowMs())?.release(request);
  }

  finish(request: FinishRequest): Finished {
    const nowMs = this.#expiry.nowMs();
    const login = this.#find(request, nowMs);
    if (login === undefined) return { kind: "late" };
    if (login.state === "open" && nowMs < login.expiresAtMs) {
      login.outcome = request.outcome;
      this.#end(login, "finished", request.keepMs, nowMs);
      if (request.coolDownMs) {
        this.#reach.deny(request.userId, login.request.station, request.coolDownMs, nowMs);
        this.#remembered.forget(request.userId);
      }
      this.#remembered.remember(request, request.remember);
    }
    if (login.state !== "finished" || login.outcome === undefined) return { kind: "late" };
    return { kind: "finished", outcome: login.outcome, waiting: login.waiting };
  }

  refuse(request: LoginRef & { readonly outcome: Uint8Array; readonly keepMs: number }): Refused {
    const nowMs = this.#expiry.nowMs();
    const login = this.#find(request, nowMs);
    if (login?.state === "open" && login.checking === 0 && !login.isHeld) {
      login.outcome = request.outcome;
      this.#end(login, "finished", request.keepMs, nowMs);
    }
    return login?.outcome === undefined ? { kind: "late" } : { kind: "ended", outcome: login.outcome };
  }

  /** Looks at the oldest only, and at as many as were asked for. */
  held(limit: number): HeldLogins {
    const nowMs = this.#expiry.nowMs();
    const logins: LoginRef[] = [];
    let seen = 0;
    for (const { request, expiresAtMs } of this.#held.values()) {
      if (++seen > limit) return { logins, more: true };
      if (nowMs < expiresAtMs) logins.push(refOf(request));
    }
    return { logins, more: false };
  }

  findHeld(loginId: LoginId): LoginRef | undefined {
    const login = this.#held.get(loginId);
    return login && this.#expiry.nowMs() < login.expiresAtMs ? refOf(login.request) : undefined;
  }

  openLogins(userId: UserId): readonly LoginRef[] {
    return this.#users.find(userId)?.open.map(({ request }) => refOf(request)) ?? [];
  }

  inspect(ref: LoginRef): LoginStatus {
    const login = this.#find(ref, this.#expiry.nowMs());
    if (login === undefined) return { kind: "unknown" };
    if (login.state !== "open") return { kind: "ended", outcome: login.outcome };
    const { expiresAtMs, isHeld: held, round, challenge } = login;
    return { kind: "open", held, round, expiresAtMs, context: login.request.context, challenge };
  }

  expire(request: LoginRef & { readonly keepMs: number }): Expired {
    const nowMs = this.#expiry.nowMs();
    const login = this.#find(request, nowMs);
    if (login === undefined) return { kind: "unknown" };
    const { context } = login.request;
    const { waiting, challenge } = login;
    if (login.state === "superseded") return { kind: "superseded", context, challenge, waiting };
    if (login.outcome !== undefined) return { kind: "ended", outcome: login.outcome, waiting };
    if (login.state === "open") {
      if (nowMs < login.expiresAtMs) return { kind: "running", expiresAtMs: login.expiresAtMs };
      this.#end(login, "expired", request.keepMs, nowMs);
    }
    return { kind: "expired", context, challenge, waiting };
  }

  /** Its end is published. */
  published(ref: LoginRef): void {
    const nowMs = this.#expiry.nowMs();
    const login = this.#find(ref, nowMs);
    if (!login?.isDue) return;
    login.isDue = false;
    this.#expiry.keepUntil(login, login.keepUntilMs, nowMs);
  }

  #openAgain(login: LoginRecord, request: OpenRequest, nowMs: number): Opened {
    if (login.state !== "open") return { kind: "ended", outcome: login.outcome };
    if (!login.waitUnlessPrompted(request)) return { kind: "refused", reason: "too-many-open" };
    const superseded = login.superseded.map((other) => this.#find(other, nowMs)).filter((other) => other !== undefined);
    return opened(
      login,
      superseded.map((other) => other.ended()),
    );
  }

  #create(request: OpenRequest, superseded: readonly EndedLogin[], nowMs: number): LoginRecord {
    const place = placeOf(request);
    const stale = this.#records.get(place);
    if (stale) {
      this.#expiry.forget(stale);
      stale.drop();
    }
    const user = this.#users.findOrAdd(request.userId);
    const expiresAtMs = nowMs + request.lifetimeMs;
    this.#due.addLogin(request, expiresAtMs);
    const kept = { records: this.#records, held: this.#held };
    const login = new LoginRecord(kept, request, { user, expiresAtMs, superseded });
    user.open = [...user.open, login];
    this.#expiry.keepUntil(login, expiresAtMs + OVERDUE_KEEP_MS, nowMs);
    return login;
  }

  /** A wrong answer that was under check when its login ended. Her entry may be a new one by now. */
  #countLate(login: LoginRecord, { answerId, userId, lockout }: Settlement, nowMs: number): void {
    login.endCheck(answerId);
    this.#users.fail(this.#users.findOrAdd(userId), lockout, nowMs);
  }

  /** Does what a check leads to; returns the answer's reply. */
  #settled(
    login: LoginRecord,
    answer: Answer,
    settlement: Exclude<Settlement, { kind: "switch" }>,
    nowMs: number,
  ): Uint8Array {
    if (settlement.kind === "right") {
      this.#remembered.remember(settlement, settlement.remember);
      this.#endBy(login, "right", settlement, nowMs);
      return settlement.reply;
    }
    login.wrong++;
    const failures = this.#users.fail(login.user, settlement.lockout, nowMs);
    if (login.wrong >= login.request.maxTries || failures >= settlement.lockout.maxFailures) {
      this.#endBy(login, "wrong", settlement, nowMs);
      return settlement.reject;
    }
    if (settlement.staysInRound) {
      if (answer.round + 1 > login.round) login.challenge = settlement.challenge ?? login.challenge;
      return new Uint8Array();
    }
    if (answer.round + 1 > login.round) {
      login.round = answer.round + 1;
      login.prompt = settlement.prompt;
      login.challenge = settlement.challenge ?? login.challenge;
    }
    return settlement.prompt;
  }

  #endBy(
    login: LoginRecord,
    state: "right" | "wrong",
    settlement: Exclude<Settlement, { kind: "switch" }>,
    nowMs: number,
  ): void {
    login.lastAnswerId = settlement.answerId;
    login.outcome = settlement.outcome;
    this.#end(login, state, settlement.keepMs, nowMs);
  }

  #end(login: LoginRecord, state: Exclude<LoginRecord["state"], "open">, keepMs: number, nowMs: number): void {
    login.state = state;
    login.close();
    login.keepUntilMs = nowMs + keepMs;
    const untilMs = login.isDue ? Math.max(login.keepUntilMs, nowMs + OVERDUE_KEEP_MS) : login.keepUntilMs;
    this.#expiry.keepUntil(login, untilMs, nowMs);
  }

  /** Why a login may reach no phone; undefined: it may, or wants none. */
  #unreachable(
    { userId, station }: OpenRequest,
    reach: Reach | undefined,
    others: readonly LoginRecord[],
    nowMs: number,
  ): ReachRefusal | undefined {
    if (reach === undefined) return undefined;
    if (others.some((login) => login.reaches)) return "held-elsewhere";
    return this.#reach.refusal(userId, station, reach, nowMs);
  }

  /** The other open logins of its user. */
  #besides(login: LoginRecord, nowMs: number): readonly LoginRecord[] {
    return login.user.open.filter((other) => other !== login && other.aliveAt(nowMs) && nowMs < other.expiresAtMs);
  }

  #openAt(ref: LoginRef, nowMs: number): LoginRecord | undefined {
    const login = this.#find(ref, nowMs);
    return login?.state === "open" && nowMs < login.expiresAtMs ? login : undefined;
  }

  #find(ref: LoginRef, nowMs: number): LoginRecord | undefined {
    const login = this.#records.get(placeOf(ref));
    return login?.aliveAt(nowMs) ? login : undefined;
  }
}

function opened(login: LoginRecord, superseded: readonly EndedLogin[]): Opened {
  const { prompt, challenge, expiresAtMs } = login;
  return { kind: "opened", prompt, challenge, expiresAtMs, superseded };
}

function joined(login: LoginRecord): Opened {
  const { prompt, challenge, expiresAtMs } = login;
  const { loginId, context } = login.request;
  return { kind: "joined", loginId, prompt, challenge, expiresAtMs, context };
}

function check(login: LoginRecord): Reserved {
  const { triesLeft, challenge } = login;
  return { kind: "check", triesLeft, context: login.request.context, challenge };
}

function refOf({ userId, loginId }: LoginRef): LoginRef {
  return { userId, loginId };
}

function isSameStation(one: OpenRequest, other: OpenRequest): boolean {
  return one.station === other.station && (one.station !== "" || other.joinWithoutStation === true);
}

function isSame(one: OpenRequest, other: OpenRequest): boolean {
  if (one.loginId === other.replacing) return false;
  return one.client === other.client && one.credentialDigest === other.credentialDigest;
}
