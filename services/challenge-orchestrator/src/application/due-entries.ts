import type { DueEntry, ExchangeRef, LoginRef } from "@portcullis/login";

export function exchangeEntry({ userKey, exchangeId }: ExchangeRef): DueEntry {
  return { kind: "exchange", userKey, exchangeId };
}

export function loginEntry({ userId, loginId }: LoginRef): DueEntry {
  return { kind: "login", userId, loginId };
}
