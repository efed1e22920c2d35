import type { UserId } from "../ids.js";
import type { Lockout } from "../login-store.js";
import { Expiring, type Expiry } from "./expiry.js";

/** What a user's entry must know of an open login. */
export interface OpenLogin {
  /** Answers under check. */
  readonly checking: number;
  aliveAt(nowMs: number): boolean;
}

/** What there is of one user: her open logins and her wrong answers. */
export class User<Login extends OpenLogin> extends Expiring {
  readonly #users: Map<UserId, User<Login>>;
  readonly #userId: UserId;
  /** A handful: `maxOpen`, and what is overdue but not ended yet. */
  open: readonly Login[] = [];
  failures = 0;

  constructor(users: Map<UserId, User<Login>>, userId: UserId) {
    super();
    this.#users = users;
    this.#userId = userId;
  }

  /** The window of the failures is over. */
  drop(): void {
    this.failures = 0;
    this.#leaveWhenIdle();
  }

  close(login: Login): void {
    if (this.open.includes(login)) this.open = this.open.filter((other) => other !== login);
    this.#leaveWhenIdle();
  }

  failuresAt(nowMs: number): number {
    return this.aliveAt(nowMs) ? this.failures : 0;
  }

  checkingAt(nowMs: number): number {
    let checking = 0;
    for (const login of this.open) if (login.aliveAt(nowMs)) checking += login.checking;
    return checking;
  }

  #leaveWhenIdle(): void {
    if (this.open.length > 0 || this.failures > 0) return;
    // A login of hers that has ended may outlive her entry, and there may be a new one by now.
    if (this.#users.get(this.#userId) === this) this.#users.delete(this.#userId);
  }
}

/** The users of whom something is pending. Their own time to live is that of their failures. */
export class MemoryUsers<Login extends OpenLogin> {
  readonly #users = new Map<UserId, User<Login>>();
  readonly #expiry: Expiry;

  constructor(expiry: Expiry) {
    this.#expiry = expiry;
  }

  get size(): number {
    return this.#users.size;
  }

  find(userId: UserId): User<Login> | undefined {
    return this.#users.get(userId);
  }

  findOrAdd(userId: UserId): User<Login> {
    const known = this.#users.get(userId);
    if (known) return known;
    const user = new User<Login>(this.#users, userId);
    this.#users.set(userId, user);
    return user;
  }

  /** Counts a wrong answer; the window runs from the first. Returns how many there are. */
  fail(user: User<Login>, lockout: Lockout, nowMs: number): number {
    const failures = user.failuresAt(nowMs) + 1;
    user.failures = failures;
    if (failures === 1) this.#expiry.keepUntil(user, nowMs + lockout.windowMs, nowMs);
    return failures;
  }
}
