import type { LoginId } from "../ids.js";
import {
  type AnswerCheck,
  type AnswerRequest,
  type EndedLogin,
  type Expired,
  type Finished,
  type HeldLogins,
  type LoginRef,
  type LoginStatus,
  type Opened,
  type OpenRequest,
  OVERDUE_KEEP_MS,
  type Refused,
  type Reserved,
  type Settled,
  type Settlement,
} from "../pending-store.js";
import type { Expiry } from "./expiry.js";
import { type Answer, LoginRecord, placeOf } from "./login-record.js";
import type { MemoryDueIndex } from "./memory-due-index.js";
import { MemoryUsers } from "./memory-users.js";

/** Logins in memory. Each call runs to its end without a pause, so there is nothing to repair. */
export class MemoryLogins {
  readonly #records = new Map<string, LoginRecord>();
  readonly #held = new Map<LoginId, LoginRecord>();
  readonly #expiry: Expiry;
  readonly #due: MemoryDueIndex;
  readonly #users: MemoryUsers<LoginRecord>;

  constructor(expiry: Expiry, due: MemoryDueIndex) {
    this.#expiry = expiry;
    this.#due = due;
    this.#users = new MemoryUsers(expiry);
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
    if (same) return same.wait(request) ? joined(same) : { kind: "refused", reason: "too-many-open" };
    const heldElsewhere = open.some((login) => login.isHeld && !sameStation.includes(login));
    if (request.waiting && heldElsewhere) return { kind: "refused", reason: "held-elsewhere" };
    if (open.length - sameStation.length >= request.maxOpen) return { kind: "refused", reason: "too-many-open" };
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
    if (answer?.reply) return { kind: "again", reply: answer.reply, outcome: login.outcomeOf(answerId) };
    const failures = login.user.failuresAt(nowMs);
    const locked = failures >= request.lockout.maxFailures;
    if (login.state === "right") return { kind: "refused", reason: "bound" };
    if (login.state === "wrong") return { kind: "refused", reason: locked ? "locked-out" : "no-tries" };
    if (login.state !== "open") return { kind: "late" };
    const { context } = login.request;
    if (answer) {
      if (!login.share(answer, request.exchangeId)) return { kind: "refused", reason: "no-tries" };
      return { kind: "check", triesLeft: login.triesLeft, context };
    }
    if (nowMs >= login.expiresAtMs) return { kind: "late" };
    if (locked) return { kind: "refused", reason: "locked-out" };
    if (request.round !== login.round) return { kind: "refused", reason: "round" };
    const used = failures + login.user.checkingAt(nowMs);
    if (login.triesLeft <= 0 || used >= request.lockout.maxFailures) return { kind: "refused", reason: "no-tries" };
    login.reserve(request);
    return { kind: "check", triesLeft: login.triesLeft, context };
  }

  settle(settlement: Settlement): Settled {
    const nowMs = this.#expiry.nowMs();
    const { answerId } = settlement;
    const login = this.#find(settlement, nowMs);
    const answer = login?.answer(answerId);
    if (login === undefined || answer === undefined) return { kind: "late" };
    if (answer.reply === undefined) {
      if (login.state !== "open") {
        if (!settlement.right) this.#countLate(login, settlement, nowMs);
        return { kind: "late" };
      }
      login.checking--;
      answer.reply = this.#settled(login, answer, settlement, nowMs);
    }
    return { kind: "settled", reply: answer.reply, outcome: login.outcomeOf(answerId) };
  }

  release(request: AnswerCheck): void {
    this.#find(request, this.#expiry.nowMs())?.release(request);
  }

  finish(request: LoginRef & { readonly outcome: Uint8Array; readonly keepMs: number }): Finished {
    const nowMs = this.#expiry.nowMs();
    const login = this.#find(request, nowMs);
    if (login === undefined || login.prompt.length > 0) return { kind: "late" };
    if (login.state === "open" && nowMs < login.expiresAtMs) {
      login.outcome = request.outcome;
      this.#end(login, "finished", request.keepMs, nowMs);
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

  inspect(ref: LoginRef): LoginStatus {
    const login = this.#find(ref, this.#expiry.nowMs());
    if (login === undefined) return { kind: "unknown" };
    if (login.state !== "open") return { kind: "ended", outcome: login.outcome };
    const { expiresAtMs, isHeld: held } = login;
    return { kind: "open", held, expiresAtMs, context: login.request.context };
  }

  expire(request: LoginRef & { readonly keepMs: number }): Expired {
    const nowMs = this.#expiry.nowMs();
    const login = this.#find(request, nowMs);
    if (login === undefined) return { kind: "unknown" };
    const { context } = login.request;
    const { waiting } = login;
    if (login.state === "superseded") return { kind: "superseded", context, waiting };
    if (login.outcome !== undefined) return { kind: "ended", outcome: login.outcome, waiting };
    if (login.state === "open") {
      if (nowMs < login.expiresAtMs) return { kind: "running", expiresAtMs: login.expiresAtMs };
      this.#end(login, "expired", request.keepMs, nowMs);
    }
    return { kind: "expired", context, waiting };
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
    if (!login.wait(request)) return { kind: "refused", reason: "too-many-open" };
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
  #settled(login: LoginRecord, answer: Answer, settlement: Settlement, nowMs: number): Uint8Array {
    if (settlement.right) {
      this.#endBy(login, "right", settlement, nowMs);
      return settlement.reply;
    }
    login.wrong++;
    const failures = this.#users.fail(login.user, settlement.lockout, nowMs);
    if (login.wrong >= login.request.maxTries || failures >= settlement.lockout.maxFailures) {
      this.#endBy(login, "wrong", settlement, nowMs);
      return settlement.reject;
    }
    if (answer.round + 1 > login.round) {
      login.round = answer.round + 1;
      login.prompt = settlement.prompt;
    }
    return settlement.prompt;
  }

  #endBy(login: LoginRecord, state: "right" | "wrong", settlement: Settlement, nowMs: number): void {
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

  #find(ref: LoginRef, nowMs: number): LoginRecord | undefined {
    const login = this.#records.get(placeOf(ref));
    return login?.aliveAt(nowMs) ? login : undefined;
  }
}

function opened(login: LoginRecord, superseded: readonly EndedLogin[]): Opened {
  const { prompt, expiresAtMs } = login;
  return { kind: "opened", prompt, expiresAtMs, superseded };
}

function joined(login: LoginRecord): Opened {
  const { prompt, expiresAtMs } = login;
  const { loginId, context } = login.request;
  return { kind: "joined", loginId, prompt, expiresAtMs, context };
}

function refOf({ userId, loginId }: LoginRef): LoginRef {
  return { userId, loginId };
}

function isSameStation(one: OpenRequest, other: OpenRequest): boolean {
  return one.station === other.station && (one.station !== "" || other.joinWithoutStation === true);
}

function isSame(one: OpenRequest, other: OpenRequest): boolean {
  if (one.loginId === other.replacing) return false;
  if ((one.waiting === undefined) !== (other.waiting === undefined)) return false;
  return one.client === other.client && one.credentialDigest === other.credentialDigest;
}
