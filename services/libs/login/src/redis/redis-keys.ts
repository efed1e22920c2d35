import { type ExchangeRef } from "../exchange-store.js";
import type { GatewayId, LoginId } from "../ids.js";
import { type LoginRef } from "../login-store.js";
import { DUE_SHARDS, type DueEntry } from "../pending-store.js";

/** Names of keys. What stands in braces is the hash tag: keys with the same one are on the same node of a cluster. */
export class RedisKeys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  exchange({ userKey, exchangeId }: ExchangeRef): string {
    return `${this.#prefix}exchange:{${userKey}}:${exchangeId}`;
  }

  slot(client: string, slot: string): string {
    return `${this.#prefix}slot:{${tag(client)}}:${slot}`;
  }

  share(client: string): string {
    return `${this.#prefix}share:{${tag(client)}}`;
  }

  login({ userId, loginId }: LoginRef): string {
    return `${this.logins({ userId })}${loginId}`;
  }

  /** What the keys of all logins of a user begin with. */
  logins({ userId }: Pick<LoginRef, "userId">): string {
    return `${this.#prefix}login:{${userId}}:`;
  }

  openLogins({ userId }: Pick<LoginRef, "userId">): string {
    return `${this.#prefix}open:{${userId}}`;
  }

  failures({ userId }: Pick<LoginRef, "userId">): string {
    return `${this.#prefix}failures:{${userId}}`;
  }

  /** Prompts of a user that reached a phone. */
  prompts({ userId }: Pick<LoginRef, "userId">): string {
    return `${this.#prefix}prompts:{${userId}}`;
  }

  /** Stations that a user has denied. */
  denied({ userId }: Pick<LoginRef, "userId">): string {
    return `${this.#prefix}denied:{${userId}}`;
  }

  remembered({ userId }: Pick<LoginRef, "userId">): string {
    return `${this.#prefix}remembered:{${userId}}`;
  }

  inbox(gatewayId: GatewayId): string {
    return `${this.#prefix}inbox:{${gatewayId}}`;
  }

  held(shard: number): string {
    return `${this.#prefix}held:{${shard}}`;
  }

  /** Whose a held login is. */
  heldLogin(loginId: LoginId): string {
    return `${this.held(shardOf(loginId))}:${loginId}`;
  }

  due(shard: number): string {
    return `${this.#prefix}due:{${shard}}`;
  }
}

/** A client's name is the operator's choice: braces would end the tag too early. */
function tag(client: string): string {
  return encodeURIComponent(client);
}

/** The shard of an exchange or login: ids are digests or random, so their last characters are evenly spread. */
export function shardOf(id: string): number {
  return (id.charCodeAt(id.length - 1) * 7 + id.charCodeAt(id.length - 2)) % DUE_SHARDS;
}

export function memberOf(entry: DueEntry): string {
  return entry.kind === "exchange" ? `x/${entry.userKey}/${entry.exchangeId}` : `l/${entry.userId}/${entry.loginId}`;
}

export function idOf(entry: DueEntry): string {
  return entry.kind === "exchange" ? entry.exchangeId : entry.loginId;
}

export function entryOf(member: string): DueEntry {
  const end = member.lastIndexOf("/");
  const [holder, id] = [member.slice(2, end), member.slice(end + 1)];
  return member.startsWith("x")
    ? { kind: "exchange", userKey: holder as ExchangeRef["userKey"], exchangeId: id as ExchangeRef["exchangeId"] }
    : { kind: "login", userId: holder as LoginRef["userId"], loginId: id as LoginRef["loginId"] };
}
